import { join } from 'node:path';
import type { Receipt } from '../../domain/receipt.ts';
import { publishedCount } from '../../domain/small-number.ts';
import { isOptOutList, stateDigest } from '../../linker/opt-outs/state.ts';
import type { OperatorRecord } from '../../write/operator-record.ts';
import { MANIFEST_FILE, type RunManifest } from '../../write/run-manifest.ts';
import type { Check } from './check.ts';

/**
 * Checks that a manifest claims no more of its opt-out proof than its files show.
 *
 * @param persons of each file, as they were read just now
 */
export function checkProof(release: string, { optOuts }: RunManifest, persons: readonly number[]): Check[] {
  if (optOuts === undefined) return [];
  const { proof } = optOuts;
  const file = join(release, MANIFEST_FILE);
  const messages: string[] = [];
  if (proof.files !== persons.length)
    messages.push(`says that ${proof.files} files were looked through; the release has ${persons.length}`);
  if (proof.persons !== publishedCount(sum(persons)))
    messages.push('says that another number of persons was looked at than the files have');
  return [
    {
      check: 'opt-out proof: the files and persons that the manifest says',
      problems: messages.map((message) => ({ file, message })),
    },
  ];
}

/** Checks that the counts by reason in the operator's record agree with each other, with the receipts, and with the manifest. */
export function checkOptOuts(
  release: string,
  manifest: RunManifest,
  { run, lists, receipts, optOuts }: OperatorRecord,
): Check[] {
  const { applied, state, effect, whatIf, proof } = optOuts;
  const parts = [manifest.optOuts, applied, state, effect, whatIf, proof];
  if (parts.every((one) => one === undefined)) return []; // a run of an earlier version
  const problems: string[] = [];
  const expect = (isRight: boolean, message: string) => {
    if (!isRight) problems.push(message);
  };
  if (
    manifest.optOuts === undefined ||
    applied === undefined ||
    state === undefined ||
    effect === undefined ||
    whatIf === undefined ||
    proof === undefined
  ) {
    problems.push('a part of the account of opt-outs is missing');
  } else {
    const { state: shown, proof: shownProof, ...shownApplied } = manifest.optOuts;
    expect(
      sameValue(shownApplied, applied),
      'the manifest and the record name other opt-outs that were applied',
    );
    expect(shown === state.digest, 'the manifest shows another state of opt-outs');
    expect(
      stateDigest(run.id, state) === state.digest,
      'the state of opt-outs is not what its digest is made of',
    );
    const named = Object.entries(lists ?? {}).filter(
      ([name]) => isOptOutList(name) && Object.hasOwn(state.lists, name),
    );
    expect(
      named.length === Object.keys(state.lists).length &&
        named.every(([name, digest]) => state.lists[name] === digest),
      'the state of opt-outs has other lists than the record',
    );
    expect(
      shownProof.files === proof.files && shownProof.persons === publishedCount(proof.persons),
      'the manifest shows another proof',
    );
    problems.push(...faultsOfEffect(effect, receipts));
    problems.push(...faultsOfWhatIf(whatIf, effect, receipts.rows as readonly Receipt[]));
  }
  return [
    {
      check: 'opt-outs: counts by reason, state and proof agree',
      problems: problems.map((message) => ({ file: join(release, MANIFEST_FILE), message })),
    },
  ];
}

type Effect = NonNullable<OperatorRecord['optOuts']['effect']>;
type WhatIfs = NonNullable<OperatorRecord['optOuts']['whatIf']>;
type Counts = Readonly<Record<string, number>>;

function faultsOfEffect({ persons, rows }: Effect, receipts: OperatorRecord['receipts']): string[] {
  const faults: string[] = [];
  const { first, any, alone, combinations } = persons;
  const ofCombinations = (isMeant: (names: readonly string[]) => boolean) =>
    sum(Object.entries(combinations).flatMap(([names, count]) => (isMeant(names.split('+')) ? [count] : [])));
  if (total(first) !== total(combinations))
    faults.push('persons held, each once, are not those by combination of reasons');
  for (const reason of new Set([first, any, alone].flatMap((one) => Object.keys(one)))) {
    const isRight =
      (any[reason] ?? 0) === ofCombinations((names) => names.includes(reason)) &&
      (alone[reason] ?? 0) === ofCombinations((names) => names.length === 1 && names[0] === reason) &&
      (first[reason] ?? 0) === ofCombinations(([one]) => one === reason);
    if (!isRight) faults.push(`persons held by the reason ${reason} are not those by combination of reasons`);
  }
  const { typeTwoOptOut, nationalOptOut, heldBack } = receipts.persons;
  const shown: readonly (readonly [number, ...string[]])[] = [
    [typeTwoOptOut, 'type-2'],
    [nationalOptOut, 'national'],
    [heldBack, 'contradicted', 'unknown-number'],
  ];
  for (const [count, ...reasons] of shown) {
    if (sum(reasons.map((reason) => first[reason] ?? 0)) !== count)
      faults.push(`persons held by the reason ${reasons.join(' or ')} are not those of the receipts`);
  }
  const receiptsOf = (table: string) =>
    (receipts.rows as readonly Receipt[]).filter((one) => one.table === table);
  for (const table of new Set([...Object.keys(rows), ...receipts.rows.map((one) => one.table)])) {
    const dropped = sum(receiptsOf(table).map((one) => heldRows(one.dropped as Counts)));
    if (total(rows[table] ?? {}) !== dropped)
      faults.push(`rows of ${table} by reason are not those of its receipts`);
  }
  return faults;
}

/** What is wrong with a row, and not with its person; and rows that left after the run. */
const NOT_HELD: ReadonlySet<string> = new Set(['quarantined', 'orphan', 'sensitive-code', 'erased']);

function heldRows(dropped: Counts): number {
  return sum(Object.entries(dropped).flatMap(([reason, count]) => (NOT_HELD.has(reason) ? [] : [count])));
}

function faultsOfWhatIf(whatIf: WhatIfs, { persons, rows }: Effect, receipts: readonly Receipt[]): string[] {
  const faults: string[] = [];
  for (const { reason, persons: released, rows: linked, rowsAtMost } of whatIf) {
    if (released !== (persons.alone[reason] ?? 0))
      faults.push(`what would be released without the reason ${reason} is not whom it alone holds`);
    for (const table of new Set([...Object.keys(linked), ...Object.keys(rowsAtMost)])) {
      const stopped = sum(
        receipts.flatMap((one) =>
          one.table === table && one.stage === 'tokenise' ? [heldRows(one.dropped as Counts)] : [],
        ),
      );
      const isPossible =
        (linked[table] ?? 0) + (rowsAtMost[table] ?? 0) <= (rows[table]?.[reason] ?? 0) &&
        (rowsAtMost[table] ?? 0) <= stopped;
      if (!isPossible)
        faults.push(`without the reason ${reason}, more rows of ${table} would be released than it holds`);
    }
  }
  return faults;
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}

function total(counts: Counts): number {
  return sum(Object.values(counts));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
