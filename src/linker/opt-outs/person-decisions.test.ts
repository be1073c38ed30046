/** Who is held, by the engine's steps and by the plain rule, for random people, lists and orders. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  BUILT_IN_REASONS,
  type DeclaredType,
  type DeclaredTypeName,
  type HeldReason,
  type ReasonName,
  reasonsInOrder,
} from '../../domain/held-reason.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { openSmallEngine } from '../../engine/duckdb/test-rig/small-engine.ts';
import { table } from '../../sql/sql.ts';
import { runStep } from '../linker-engine.ts';
import { type OptOutStepSettings, optOutSteps } from './steps.ts';

let engine: DuckDbEngine;
beforeEach(async () => {
  engine = await openSmallEngine();
});
afterEach(() => engine.close());

const TYPES: readonly DeclaredType[] = [
  { name: 'research' as DeclaredTypeName, scope: 'person', description: 'no research' },
  {
    name: 'gp-research' as DeclaredTypeName,
    scope: 'gp-records',
    description: 'no research with GP records',
  },
];
const LISTED: readonly string[] = [
  'type-1',
  'gp-research',
  'type-2',
  'national',
  'vip',
  'test-patient',
  'research',
];
/** Numbers of NHS numbers; those of tuples follow. */
const NUMBERS = 5;
const TUPLES = 3;
const tupleAt = (index: number) => 100 + index;
/** The first source is a GP's. */
const GP = 0;

interface Subject {
  readonly source: number;
  /** index of its NHS number, or null */
  readonly nhs: number | null;
  /** index of its tuple, or null */
  readonly tuple: number | null;
  /** it carries a number and is not linked to it */
  readonly isContradicted: boolean;
  /** kinds that are listed for it */
  readonly kinds: readonly string[];
}

interface Story {
  readonly subjects: readonly Subject[];
  readonly listed: readonly { readonly kind: string; readonly nhs: number }[];
  readonly known: readonly { readonly tuple: number; readonly nhs: number; readonly isWitness: boolean }[];
  readonly witnesses: readonly { readonly tuple: number; readonly kind: string | null }[];
  readonly inDoubt: readonly { readonly subject: number; readonly tuple: number }[];
  readonly first: readonly ReasonName[];
  readonly exempt: readonly ReasonName[];
  readonly ifNotAllowed: ReasonName | null;
  readonly mayContradict: boolean;
  readonly holdBackUntied: boolean;
}

const kind = fc.constantFrom(...LISTED);
const nhs = fc.nat(NUMBERS - 1);
const tuple = fc.nat(TUPLES - 1);
const EVERY_NAME = reasonsInOrder(TYPES, []).map(({ name }) => name);
const story: fc.Arbitrary<Story> = fc.record({
  subjects: fc.array(
    fc.record({
      source: fc.nat(2),
      nhs: fc.option(nhs),
      tuple: fc.option(tuple),
      isContradicted: fc.boolean(),
      kinds: fc.uniqueArray(kind, { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  listed: fc.array(fc.record({ kind: fc.oneof(kind, fc.constant('allowed')), nhs }), { maxLength: 12 }),
  known: fc.array(fc.record({ tuple, nhs, isWitness: fc.boolean() }), { maxLength: 5 }),
  witnesses: fc.array(
    fc.record({ tuple, kind: fc.option(fc.constantFrom('type-2', 'national', 'research')) }),
    {
      maxLength: 3,
    },
  ),
  inDoubt: fc.array(fc.record({ subject: fc.nat(7), tuple }), { maxLength: 2 }),
  first: fc.shuffledSubarray(EVERY_NAME),
  exempt: fc.subarray(['type-1', 'type-2', 'research' as DeclaredTypeName] as ReasonName[]),
  ifNotAllowed: fc.constantFrom<ReasonName | null>(null, 'national', 'not-allowed'),
  mayContradict: fc.boolean(),
  holdBackUntied: fc.boolean(),
});

/** The number of the token by which the person of a subject is known. */
function anchorOf({ nhs: number, tuple: index, isContradicted }: Subject, subject: number): number {
  if (isContradicted) return -1 - subject;
  return number ?? (index === null ? -1 - subject : tupleAt(index));
}

/** What a story means: the reasons of each person, by names. */
function decidePlainly(
  { subjects, listed, known, witnesses, inDoubt, exempt, ifNotAllowed, holdBackUntied }: Story,
  reasons: readonly HeldReason[],
) {
  const scopeOf = (name: string) => reasons.find((one) => one.name === name)!.scope;
  const acts = (name: string, scope: string) =>
    scopeOf(name) === scope && !exempt.includes(name as ReasonName);
  const allowed = new Set(listed.flatMap((one) => (one.kind === 'allowed' ? [one.nhs] : [])));
  const stated = listed.filter((one) => one.kind !== 'allowed');
  const knownFor = (index: number) => known.filter((one) => one.tuple === index && !one.isWitness);
  const held = new Map<number, Set<string>>();
  const hold = (anchor: number, name: string) => held.set(anchor, (held.get(anchor) ?? new Set()).add(name));
  const holdKnown = (index: number, name: string) => {
    for (const one of knownFor(index)) hold(one.nhs, name);
  };
  for (const one of stated) if (acts(one.kind, 'person')) hold(one.nhs, one.kind);
  for (const [index, subject] of subjects.entries()) {
    for (const name of subject.kinds.filter((one) => acts(one, 'person'))) {
      hold(anchorOf(subject, index), name);
      if (subject.nhs === null && subject.tuple !== null) holdKnown(subject.tuple, name);
      for (const doubt of inDoubt) if (doubt.subject === index) holdKnown(doubt.tuple, name);
    }
  }
  for (const one of witnesses)
    if (one.kind !== null && acts(one.kind, 'person')) holdKnown(one.tuple, one.kind);
  const isDoubtful = (anchor: number) =>
    witnesses.some((one) => tupleAt(one.tuple) === anchor) ||
    inDoubt.some((one) => tupleAt(one.tuple) === anchor) ||
    known.some(
      (one) =>
        !one.isWitness &&
        tupleAt(one.tuple) === anchor &&
        (held.has(one.nhs) || (ifNotAllowed !== null && !allowed.has(one.nhs))),
    );

  const members = new Map<number, Subject[]>();
  for (const [index, subject] of subjects.entries()) {
    const anchor = anchorOf(subject, index);
    members.set(anchor, [...(members.get(anchor) ?? []), subject]);
  }
  return [...members].map(([anchor, own]) => {
    const names = new Set(held.get(anchor));
    const isContradicted = own.some((one) => one.isContradicted);
    const isTied = own.some((one) => one.nhs !== null && !one.isContradicted);
    if (isContradicted) names.add('contradicted');
    if (isTied && ifNotAllowed !== null && !allowed.has(anchor)) names.add(ifNotAllowed);
    if (!isTied && !isContradicted && (holdBackUntied || isDoubtful(anchor))) names.add('unknown-number');
    const ofGp = new Set(
      stated.flatMap((one) => {
        const reaches =
          one.nhs === anchor ||
          (!holdBackUntied &&
            known.some((k) => !k.isWitness && k.nhs === one.nhs && tupleAt(k.tuple) === anchor));
        return acts(one.kind, 'gp-records') && reaches ? [one.kind] : [];
      }),
    );
    if (own.every(({ source }) => source === GP)) for (const name of ofGp) names.add(name);
    const inOrder = reasons.map(({ name }) => name as string);
    const sorted = inOrder.filter((name) => names.has(name));
    return { anchor, held: sorted, ofGp: inOrder.filter((name) => ofGp.has(name)), first: sorted[0] ?? null };
  });
}

/** The same by the steps of the linker. */
async function decideByEngine(story: Story, reasons: readonly HeldReason[]) {
  const tables: Readonly<
    Record<string, { readonly columns: string; readonly rows: readonly (readonly unknown[])[] }>
  > = {
    opt_out_numbers: {
      columns: 'kind VARCHAR, nhs INTEGER',
      rows: story.listed.map((one) => [one.kind, one.nhs]),
    },
    subjects: {
      columns: 'subject INTEGER, source TINYINT, nhs INTEGER, tuple INTEGER',
      rows: story.subjects.map((one, index) => [
        index,
        one.source,
        one.nhs,
        one.tuple === null ? null : tupleAt(one.tuple),
      ]),
    },
    opt_out_subjects: {
      columns: 'kind VARCHAR, subject INTEGER',
      rows: story.subjects.flatMap((one, index) => one.kinds.map((name) => [name, index])),
    },
    subject_persons: {
      columns: 'subject INTEGER, source TINYINT, anchor INTEGER, is_tied BOOLEAN, is_contradicted BOOLEAN',
      rows: story.subjects.map((one, index) => [
        index,
        one.source,
        anchorOf(one, index),
        one.nhs !== null && !one.isContradicted,
        one.isContradicted,
      ]),
    },
    known_tuples: {
      columns: 'tuple INTEGER, nhs INTEGER, is_witness BOOLEAN',
      rows: story.known.map((one) => [tupleAt(one.tuple), one.nhs, one.isWitness]),
    },
    witnesses: {
      columns: 'tuple INTEGER, opt_out VARCHAR',
      rows: story.witnesses.map((one) => [tupleAt(one.tuple), one.kind]),
    },
    in_doubt: {
      columns: 'subject INTEGER, tuple INTEGER',
      rows: story.inDoubt.map((one) => [one.subject, tupleAt(one.tuple)]),
    },
  };
  const literal = (value: unknown) => (typeof value === 'string' ? dialect.text(value) : String(value));
  for (const [name, { columns, rows }] of Object.entries(tables)) {
    await engine.run(`CREATE OR REPLACE TABLE ${name} (${columns})`, 'making');
    if (rows.length === 0) continue;
    const values = rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ');
    await engine.run(`INSERT INTO ${name} VALUES ${values}`, 'filling');
  }
  const settings: OptOutStepSettings = {
    reasons,
    exempt: new Set(story.exempt),
    ifNotAllowed: story.ifNotAllowed,
    mayContradict: story.mayContradict,
    holdBackUntied: story.holdBackUntied,
    asLinked: table('subject_persons'),
    gpSources: [GP],
  };
  const steps = optOutSteps(settings, dialect);
  for (const { name } of steps) await engine.run(`DROP TABLE IF EXISTS ${name}`, 'dropping');
  for (const step of steps) await runStep(engine, step);
  const rows = await engine.query(
    'SELECT anchor, mask, gp_mask, reason::INTEGER AS reason FROM person_decisions',
    'reading',
  );
  // bits by the definition of a mask, and not by the functions that the steps use
  const namesIn = (mask: number) =>
    reasons.flatMap(({ name }, index) => (Math.floor(mask / 2 ** index) % 2 === 1 ? [name as string] : []));
  return rows.map(({ anchor, mask, gp_mask, reason }) => ({
    anchor: Number(anchor),
    held: namesIn(Number(mask)),
    ofGp: namesIn(Number(gp_mask)),
    first: Number(reason) === 0 ? null : (reasons[Number(reason) - 1]!.name as string),
  }));
}

const byAnchor = (a: { anchor: number }, b: { anchor: number }) => a.anchor - b.anchor;

test('each person has all reasons that hold, and counts under the first in the declared order', async () => {
  const met = new Map<string, number>();
  let several = 0;
  await fc.assert(
    fc.asyncProperty(story, async (drawn) => {
      // a ladder that trusts every number contradicts nobody
      const subjects = drawn.subjects.map((one) => ({
        ...one,
        isContradicted: one.isContradicted && one.nhs !== null && drawn.mayContradict,
      }));
      const inDoubt = drawn.inDoubt.filter((one) => one.subject < subjects.length);
      const drawnStory = { ...drawn, subjects, inDoubt };
      const reasons = reasonsInOrder(TYPES, drawnStory.first);
      const plain = decidePlainly(drawnStory, reasons).sort(byAnchor);
      expect((await decideByEngine(drawnStory, reasons)).sort(byAnchor)).toEqual(plain);
      for (const { held, ofGp } of plain) {
        if (held.length > 1) several += 1;
        for (const name of [...held, ...ofGp]) met.set(name, (met.get(name) ?? 0) + 1);
      }
    }),
    { numRuns: 120 },
  );
  // the comparison shows nothing of a reason that no story has
  const drawable = [...LISTED, 'contradicted', 'not-allowed', 'unknown-number'];
  expect(drawable.filter((name) => !met.has(name))).toEqual([]);
  expect(several).toBeGreaterThan(20);
}, 60_000);

test('all 31 reasons have a bit, and the last of them counts where it is the only one', async () => {
  const more = 31 - BUILT_IN_REASONS.length;
  const types = Array.from(
    { length: more },
    (_, index): DeclaredType => ({
      name: `type-${index + 10}` as DeclaredTypeName,
      scope: 'person',
      description: 'one of many',
    }),
  );
  const order = reasonsInOrder(types, []);
  const reasons = [
    ...order.filter((one) => one.name !== 'type-2'),
    order.find((one) => one.name === 'type-2')!,
  ];
  expect(reasons).toHaveLength(31);
  const drawn: Story = {
    subjects: [
      { source: 1, nhs: 0, tuple: null, isContradicted: false, kinds: [] },
      { source: 1, nhs: 1, tuple: null, isContradicted: false, kinds: [] },
    ],
    listed: [
      { kind: 'type-2', nhs: 0 },
      ...types.map(({ name }) => ({ kind: name as string, nhs: 1 })),
      { kind: 'type-2', nhs: 1 },
    ],
    ...{ known: [], witnesses: [], inDoubt: [], first: [], exempt: [], ifNotAllowed: null },
    ...{ mayContradict: false, holdBackUntied: true },
  };
  const decided = (await decideByEngine(drawn, reasons)).sort(byAnchor);
  expect(decided).toEqual(decidePlainly(drawn, reasons).sort(byAnchor));
  expect(decided.map(({ first, held }) => [first, held.length])).toEqual([
    ['type-2', 1],
    ['type-10', more + 1],
  ]);
});
