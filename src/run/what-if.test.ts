/** What a run says would be released without a reason, compared with a run without it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunResult } from '../linker/result.ts';
import type { OperatorRecord } from '../write/operator-record.ts';
import type { RunManifest } from '../write/run-manifest.ts';
import { BenchFolder } from './test-rig/bench-folder.ts';
import { nightlyPipeline, PATIENTS_HEADER, patientRows, putNight } from './test-rig/nightly-data.ts';

let folders: BenchFolder[];
beforeEach(() => {
  folders = [];
});
afterEach(() => {
  for (const folder of folders) folder.remove();
});

const BASE = {
  register: { file: 'register.csv', asOf: '2026-04-01', maxAge: '400d' },
  lists: [
    {
      name: 'research',
      file: 'research.csv',
      asOf: '2026-03-28',
      columns: { nhs: { role: 'nhs-number' } },
      type: 'research',
      event: 'registered',
    },
  ],
  types: { research: { scope: 'person', description: 'no research' } },
  codes: { table: 'visits', column: 'code', date: 'seen' },
  expectedRate: { none: 'made up' },
};

const CONSENT = { because: 'everybody signed the form', basis: 'consent' };

/** A night on which people have several opt-outs each, GP records are without numbers, and stays are of nobody. */
async function night(more: object): Promise<RunResult> {
  const folder = BenchFolder.make();
  folders.push(folder);
  putNight(folder, { coded: 12, unknownStays: 0.05 });
  const rows = patientRows(400, (index) => String(1 + (index % 2)));
  const numbers = rows.map((row) => row.split(',')[1]!);
  // hospital rows of these have the number: their GP records are theirs by sex, birth date and postcode
  const patients = rows.map((row, index) => (index % 4 === 3 ? row.replace(numbers[index]!, '') : row));
  folder.put('patients.csv', `${[PATIENTS_HEADER, ...patients].join('\n')}\n`);
  const every = (step: number, type: string) =>
    numbers.flatMap((nhs, index) => (index % step === 0 ? [`${nhs},${type},registered,2024-01-01`] : []));
  const register = [
    'nhs_number,type,event,date',
    ...every(11, '1'),
    ...every(7, '2'),
    ...every(5, 'national'),
  ];
  folder.put('register.csv', `${register.join('\n')}\n`);
  folder.put('research.csv', `nhs\n${numbers.filter((_, index) => index % 13 === 0).join('\n')}\n`);
  const { result, error } = await folder.run(
    folder.parse(nightlyPipeline({ optOuts: { ...BASE, ...more } })),
  );
  if (result === null) throw error;
  return result;
}

const rowsOf = ({ files }: RunResult) =>
  Object.fromEntries(files.map(({ file, rows }) => [file.replace('.arrow', ''), rows]));

test('without a reason, as many persons and rows are released as a run said that it alone holds', async () => {
  const whole = await night({});
  const { effect, whatIf } = whole.optOuts;
  expect(effect.persons.any['type-2']).toBeGreaterThan(effect.persons.alone['type-2']!);
  for (const type of ['type-2', 'national', 'research']) {
    const one = whatIf.find(({ reason }) => reason === type)!;
    const without = await night({ exempt: { [type]: CONSENT } });
    expect(one.persons).toBeGreaterThan(0);
    expect(without.persons.released - whole.persons.released, type).toBe(one.persons);
    for (const table of ['visits', 'stays']) {
      expect(one.rows[table], `${type}, ${table}`).toBeGreaterThan(0);
      expect(rowsOf(without)[table]! - rowsOf(whole)[table]!, `${type}, ${table}`).toBe(one.rows[table]);
    }
    expect(rowsOf(without)['persons']! - rowsOf(whole)['persons']!, type).toBe(one.persons);
    expect(without.optOuts.effect.persons.any[type]).toBeUndefined();
  }
}, 120_000);

test('what is stopped above the identity boundary is an upper bound', async () => {
  const whole = await night({});
  const one = whole.optOuts.whatIf.find(({ reason }) => reason === 'type-1')!;
  const without = await night({ exempt: { 'type-1': CONSENT } });
  const more = rowsOf(without)['visits']! - rowsOf(whole)['visits']!;
  expect(one.rows['visits']).toBeGreaterThan(0); // of patients without a number
  expect(more).toBeGreaterThan(one.rows['visits']!);
  expect(more).toBeLessThanOrEqual(one.rows['visits']! + one.rowsAtMost['visits']!);
  expect(rowsOf(without)['stays']).toBe(rowsOf(whole)['stays']);
}, 60_000);

test('the first reason is that of the declared order, and the release says what was applied and what was not', async () => {
  const whole = await night({});
  const other = await night({ order: ['research', 'national'], exempt: { 'type-1': CONSENT } });
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((all, one) => all + one, 0);
  expect(sum(other.optOuts.effect.persons.first)).toBe(sum(whole.optOuts.effect.persons.first));
  expect(whole.optOuts.effect.persons.first['type-2']).toBe(whole.optOuts.effect.persons.any['type-2']);
  expect(other.optOuts.effect.persons.first['research']).toBe(other.optOuts.effect.persons.any['research']);
  expect(other.optOuts.effect.persons.first['type-2']).toBe(
    Object.entries(other.optOuts.effect.persons.combinations).reduce(
      (all, [names, persons]) => all + (names === 'type-2' ? persons : 0),
      0,
    ),
  );

  const read = <T>(file: string) => JSON.parse(readFileSync(join(other.directory, file), 'utf8')) as T;
  const { optOuts } = read<RunManifest>('release/manifest.json');
  expect(optOuts).toMatchObject({
    types: ['type-2', 'national', 'research'].toSorted((a, b) => order(a) - order(b)),
    exempt: [{ type: 'type-1', ...CONSENT }],
    asOf: { 'optOuts.register': '2026-04-01', 'optOuts.lists.research': '2026-03-28' },
    proof: { files: 3, violations: 0 },
  });
  const { optOuts: recorded } = read<OperatorRecord>('operator/receipts.json');
  expect(Object.keys(recorded.state!.lists).sort()).toEqual(['optOuts.lists.research', 'optOuts.register']);
  expect(recorded.state!.digest).toBe(optOuts!.state);
  const statement = readFileSync(join(other.release, 'linkage-statement.md'), 'utf8');
  expect(statement).toContain('everybody signed the form');
  for (const text of [JSON.stringify(optOuts), statement]) {
    for (const digest of [...Object.values(recorded.state!.lists), ...recorded.state!.tokens])
      expect(text).not.toContain(digest);
    expect(text).not.toContain('whatIf');
  }
}, 60_000);

/** As in the declared order of the third test. */
function order(type: string): number {
  return ['research', 'national', 'type-2'].indexOf(type);
}
