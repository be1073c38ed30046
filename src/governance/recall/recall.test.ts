import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDate } from '../../domain/date-format.ts';
import { dayOfDate } from '../../domain/day-number.ts';
import { inForceSince } from '../../domain/in-force-since.ts';
import { usage } from '../../domain/problem.ts';
import type { RecordedEvent } from '../../domain/recorded-opt-out.ts';
import { KeyRing } from '../../keys/key-ring.ts';
import { personPseudonym, token } from '../../oracle/recipes.ts';
import { NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import { NO_DAY, REGISTERED, WITHDRAWN } from '../register/read-register.ts';
import { noticeOf } from './notice.ts';
import { type EventColumns, OptOutHistories } from './opt-out-histories.ts';
import { type RecallQuestion, recall } from './recall.ts';
import { writeRelease } from './test-rig/written-release.ts';

const keyOf = (text: string) => createHash('sha256').update(text).digest();
const KEYS = { linkage: keyOf('linkage'), release: keyOf('release') };
const RELEASE_KEY = new KeyRing(KEYS.release);
const KEY_IDS = { linkage: new KeyRing(KEYS.linkage).keyId, release: RELEASE_KEY.keyId };
const TODAY = '2026-04-10';
const TYPES = ['type-1', 'type-2', 'national'];

type Event = RecordedEvent & { readonly person: number };
const dayOf = (date: string) => dayOfDate(parseDate(date, '%Y-%m-%d')!);
const pseudonymOf = (person: number, agreement: string) =>
  personPseudonym({ kind: 'nhs-number', text: NHS_NUMBERS[person]! }, agreement, KEYS);
const tokenOf = (person: number) => token({ kind: 'nhs-number', text: NHS_NUMBERS[person]! }, KEYS);

function columnsOf(events: readonly Event[]): EventColumns {
  const bytes = Buffer.concat(events.map(({ person }) => tokenOf(person)));
  return {
    tokens: new Uint32Array(new Uint8Array(bytes).buffer),
    types: Uint8Array.from(events, ({ type }) => TYPES.indexOf(type)),
    kinds: Uint8Array.from(events, ({ kind }) => (kind === 'withdrawn' ? WITHDRAWN : REGISTERED)),
    days: Int32Array.from(events, ({ date }) => (date === null ? NO_DAY : dayOf(date))),
    recordedDays: Int32Array.from(events, ({ recordedOn }) => dayOf(recordedOn)),
    count: events.length,
    typeNames: TYPES,
  };
}

let folder: string;
const folders: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-recall-'));
  folders.push(folder);
});
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

const question = (events: readonly Event[], more: Partial<RecallQuestion> = {}): RecallQuestion => ({
  histories: new OptOutHistories(columnsOf(events)),
  linkageKeyId: KEY_IDS.linkage,
  releaseKey: RELEASE_KEY,
  folders: [folder],
  today: TODAY,
  since: null,
  releasedFrom: null,
  scopeOf: (type) => (type === 'type-1' ? 'gp-records' : 'person'),
  isGpSource: (source) => (source === 'surgery' ? true : source === 'acute' ? false : null),
  exemptFrom: () => new Set(),
  verify: () => Promise.resolve([]),
  ...more,
});
const registered = (person: number, type: string, date: string): Event => ({
  person,
  type,
  kind: 'registered',
  date,
  recordedOn: date,
});

/** Persons 0 and 1 in GP and hospital records, person 2 in GP records only. */
const release = (id: string, date: string, agreement: string, more: object = {}) => {
  const [a, b, c] = [0, 1, 2].map((person) => pseudonymOf(person, agreement)) as [string, string, string];
  return writeRelease(folder, {
    id,
    date,
    agreement,
    keyIds: KEY_IDS,
    tables: {
      visits: { source: 'surgery', rows: [a, a, b, c, c, c, c, c, c, c, c, c] },
      stays: { source: 'acute', rows: [a, b, b] },
    },
    persons: { [a]: 'gp+hospital', [b]: 'gp+hospital', [c]: 'gp' },
    ...more,
  });
};

describe('a recall', () => {
  it('lists who has opted out since, under the pseudonym of each agreement', async () => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one');
    await release('2026-04-02-bbbbbbbbbbbb', '2026-04-02', 'two');
    const found = await recall(question([registered(0, 'national', '2026-04-05')]));
    expect(found.unchecked).toEqual([]);
    expect(found.releases.map(({ agreement, persons }) => [agreement, persons])).toEqual(
      ['one', 'two'].map((agreement) => [
        agreement,
        [
          {
            person: pseudonymOf(0, agreement),
            since: '2026-04-05',
            rows: { visits: 2, stays: 1, persons: 1 },
          },
        ],
      ]),
    );
    expect(found.releases[0]!.tables.map(({ table, persons, rows }) => [table, persons, rows])).toEqual([
      ['visits', 1, 2],
      ['stays', 1, 1],
      ['persons', 1, 1],
    ]);
  });

  it('lists the GP rows of a type 1 opt-out, and the person, who may be described from them', async () => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one');
    const { releases } = await recall(
      question([registered(1, 'type-1', '2026-04-05'), registered(2, 'type-1', '2026-04-06')]),
    );
    expect(Object.fromEntries(releases[0]!.persons.map(({ person, rows }) => [person, rows]))).toEqual({
      [pseudonymOf(1, 'one')]: { visits: 1, persons: 1 },
      [pseudonymOf(2, 'one')]: { visits: 9, persons: 1 },
    });
  });

  it('lists nobody whose opt-out has ended, has not begun, or was found in no release', async () => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one');
    const { releases } = await recall(
      question([
        registered(0, 'type-2', '2026-04-03'),
        { person: 0, type: 'type-2', kind: 'withdrawn', date: '2026-04-04', recordedOn: '2026-04-04' },
        { ...registered(1, 'type-2', '2026-04-11'), recordedOn: '2026-04-02' },
        registered(5, 'type-2', '2026-04-03'),
      ]),
    );
    expect(releases.map(({ persons }) => persons)).toEqual([[]]);
    expect(noticeOf(releases[0]!, { today: TODAY, until: TODAY })).toBeNull();
  });

  it('lists nobody for a type that was switched off for the agreement', async () => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one');
    await release('2026-04-02-bbbbbbbbbbbb', '2026-04-02', 'two');
    const { releases } = await recall(
      question([registered(0, 'type-2', '2026-04-05'), registered(1, 'national', '2026-04-05')], {
        exemptFrom: ({ manifest }) => new Set(manifest.agreement === 'one' ? ['type-2'] : []),
      }),
    );
    expect(releases.map(({ persons }) => persons.map(({ person }) => person))).toEqual([
      [pseudonymOf(1, 'one')],
      [pseudonymOf(0, 'two'), pseudonymOf(1, 'two')].sort(),
    ]);
  });

  it('counts who had opted out before the release', async () => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one');
    const late: Event = { ...registered(1, 'type-2', '2026-03-01'), recordedOn: '2026-04-02' };
    const { releases } = await recall(question([registered(0, 'type-2', '2026-03-01'), late]));
    expect(releases[0]!.persons.map(({ since }) => since).sort()).toEqual(['2026-03-01', '2026-04-02']);
    expect(releases[0]!.optedOutBefore).toBe(1);
  });

  it('goes by the days that are asked for', async () => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one');
    await release('2026-04-03-bbbbbbbbbbbb', '2026-04-03', 'one');
    const events = [registered(0, 'type-2', '2026-04-05'), registered(1, 'type-2', '2026-04-07')];
    const since = await recall(question(events, { since: '2026-04-06' }));
    expect(since.releases.map(({ persons }) => persons.map(({ person }) => person))).toEqual([
      [pseudonymOf(1, 'one')],
      [pseudonymOf(1, 'one')],
    ]);
    const from = await recall(question(events, { releasedFrom: '2026-04-02' }));
    expect(from.releases.map(({ runDate }) => runDate)).toEqual(['2026-04-03']);
  });

  it('treats a table as one of GP records where its source is not known any more, and says so', async () => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one', {
      tables: { old: { source: 'closed', rows: [pseudonymOf(0, 'one')] } },
    });
    const { releases } = await recall(question([registered(0, 'type-1', '2026-04-05')]));
    expect(releases[0]!.persons[0]!.rows).toEqual({ old: 1, persons: 1 });
    expect(releases[0]!.notes.join()).toContain('declares no source of old any more');
  });

  it.each([
    ['another release key', { keyIds: { ...KEY_IDS, release: 'other' } }, 'another release key'],
    ['another linkage key', { keyIds: { ...KEY_IDS, linkage: 'other' } }, 'another linkage key'],
  ])('names a release of %s as one that cannot be checked', async (_, more, message) => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one', more);
    await release('2026-04-02-bbbbbbbbbbbb', '2026-04-02', 'one');
    const found = await recall(question([registered(0, 'type-2', '2026-04-05')]));
    expect(found.unchecked).toMatchObject([{ runId: '2026-04-01-aaaaaaaaaaaa' }]);
    expect(found.unchecked[0]!.problems[0]!.message).toContain(message);
    expect(found.releases.map(({ persons }) => persons.length)).toEqual([1]);
  });

  it('names a run that is not as it was published, that cannot be read, or that is not at its place', async () => {
    const directory = await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one');
    mkdirSync(join(folder, 'damaged', 'release'), { recursive: true });
    writeFileSync(join(folder, 'damaged', 'release', 'manifest.json'), '{}');
    mkdirSync(join(folder, '.2026-03-01-cccccccccccc.replaced-0123'));
    const problem = { file: directory, message: 'its bytes have changed' };
    const found = await recall(question([], { verify: () => Promise.resolve([problem]) }));
    expect(found.releases).toEqual([]);
    expect(found.unchecked.map(({ problems }) => problems[0]!.message)).toEqual([
      'run 2026-03-01-cccccccccccc was being replaced when a process died, and is not at its place',
      expect.stringContaining('is not what it must be'),
      problem.message,
    ]);
  });

  it('names a release whose files hold no pseudonyms', async () => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one', { persons: { ['X'.repeat(32)]: 'gp' } });
    const found = await recall(question([registered(0, 'type-2', '2026-04-05')]));
    expect(found.unchecked[0]!.problems[0]!.message).toContain('does not hold pseudonyms');
  });

  it('ends at a type of opt-out that nobody declared, if anybody found in a release has it', async () => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one');
    const undeclared = usage({ message: 'this type is not declared' });
    const scopeOf = () => {
      throw undeclared;
    };
    await expect(recall(question([registered(0, 'type-2', '2026-04-05')], { scopeOf }))).rejects.toBe(
      undeclared,
    );
  });
});

describe('a notice', () => {
  it('has pseudonyms, tables and rows, and what to delete by when; no token and no type', async () => {
    await release('2026-04-01-aaaaaaaaaaaa', '2026-04-01', 'one');
    const { releases } = await recall(
      question([registered(0, 'type-2', '2026-04-05'), registered(2, 'type-1', '2026-04-05')]),
    );
    const notice = noticeOf(releases[0]!, { today: TODAY, until: '2026-04-24' })!;
    const lines = [
      `${pseudonymOf(0, 'one')},visits,2`,
      `${pseudonymOf(0, 'one')},stays,1`,
      `${pseudonymOf(0, 'one')},persons,1`,
      `${pseudonymOf(2, 'one')},visits,9`,
      `${pseudonymOf(2, 'one')},persons,1`,
    ];
    const [csv, text] = [
      notice.files['recall-2026-04-01-aaaaaaaaaaaa.csv']!,
      notice.files['recall-2026-04-01-aaaaaaaaaaaa.md']!,
    ];
    const [header, ...body] = csv.trimEnd().split('\n');
    expect(header).toBe('person,table,rows');
    expect([...body].sort()).toEqual(lines.sort());
    expect(text).toContain('Delete these rows by 2026-04-24');
    for (const { sha256 } of releases[0]!.tables) expect(text).toContain(sha256);
    for (const person of [0, 2]) {
      expect(csv + text).not.toContain(tokenOf(person).toString('hex'));
      expect(csv + text).not.toContain(NHS_NUMBERS[person]);
    }
    expect(csv + text).not.toMatch(/type.?[12]|national|opt.?out|2026-04-05/i);
  });
});

describe('any recall', () => {
  const DAYS = Array.from({ length: 10 }, (_, day) => `2026-04-${String(day + 1).padStart(2, '0')}`);
  const day = fc.constantFrom(...DAYS);
  const person = fc.nat(5);
  const anEvent = fc.record({
    person,
    type: fc.constantFrom(...TYPES),
    kind: fc.constantFrom('registered' as const, 'registered' as const, 'withdrawn' as const),
    date: fc.option(day),
    recordedOn: day,
  });
  const aRelease = fc.record({
    date: day,
    agreement: fc.constantFrom('one', 'two'),
    visits: fc.array(person, { maxLength: 12 }),
    stays: fc.array(person, { maxLength: 12 }),
  });

  it('finds exactly who has an opt-out in force that takes rows of theirs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anEvent, { maxLength: 10 }),
        fc.array(aRelease, { minLength: 1, maxLength: 3 }),
        async (events, releases) => {
          const home = mkdtempSync(join(folder, 'home-'));
          const expected: Record<string, Record<string, Record<string, number>>> = {};
          for (const [at, { date, agreement, visits, stays }] of releases.entries()) {
            const id = `${date}-${String(at).padStart(12, '0')}`;
            const everybody = [...new Set([...visits, ...stays])];
            const settingsOf = (one: number) =>
              [...(visits.includes(one) ? ['gp'] : []), ...(stays.includes(one) ? ['hospital'] : [])].join(
                '+',
              );
            await writeRelease(home, {
              id,
              date,
              agreement,
              keyIds: KEY_IDS,
              tables: {
                visits: { source: 'surgery', rows: visits.map((one) => pseudonymOf(one, agreement)) },
                stays: { source: 'acute', rows: stays.map((one) => pseudonymOf(one, agreement)) },
              },
              persons: Object.fromEntries(
                everybody.map((one) => [pseudonymOf(one, agreement), settingsOf(one)]),
              ),
            });
            expected[id] = {};
            for (const one of everybody) {
              const has = (type: string) =>
                inForceSince(
                  events.filter((event) => event.person === one && event.type === type),
                  TODAY,
                ) !== null;
              const [whole, gp] = [has('type-2') || has('national'), has('type-1')];
              const rows: Record<string, number> = {};
              const count = (list: readonly number[]) => list.filter((other) => other === one).length;
              if ((whole || gp) && count(visits) > 0) rows['visits'] = count(visits);
              if (whole && count(stays) > 0) rows['stays'] = count(stays);
              if (whole || (gp && count(visits) > 0)) rows['persons'] = 1;
              if (Object.keys(rows).length > 0) expected[id][pseudonymOf(one, agreement)] = rows;
            }
          }
          const found = await recall(question(events, { folders: [home] }));
          expect(found.unchecked).toEqual([]);
          expect(
            Object.fromEntries(
              found.releases.map(({ runId, persons }) => [
                runId,
                Object.fromEntries(persons.map(({ person: who, rows }) => [who, rows])),
              ]),
            ),
          ).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
