/** The subjects of a source, and the numbers of its rows, compared with tokens that are made afresh. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Postcode } from '../../domain/postcode.ts';
import { ROW_FLAG } from '../../domain/row-flag.ts';
import { type Pipeline, tablesOf } from '../../pipeline/pipeline.ts';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { PartReader } from '../../store/part-reader.ts';
import { subjectColumns, subjectsPart } from '../../store/subject-columns.ts';
import { rowsIn } from '../../store/test-rig/part-rows.ts';
import { planTokens } from '../../store/token-plan.ts';
import { SourceSubjects } from './source-subjects.ts';
import { rowVector } from './test-rig/row-vector.ts';
import { oracle, tokeniser, tokens, wordsAsHex } from './test-rig/tokeniser.ts';

const IDENTIFIERS = {
  nhs: { role: 'nhs-number' },
  born: { role: 'date-of-birth', format: '%Y-%m-%d' },
  sex: { role: 'sex', map: { 1: 1, 2: 2 } },
  home: { role: 'postcode' },
  site: { role: 'organisation' },
  local: { role: 'local-patient-id', provider: 'site' },
};
const PIPELINE = {
  tallystick: 1,
  name: 'tiny',
  synthetic: true,
  keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
  sources: {
    acute: {
      setting: 'hospital',
      tables: {
        stays: { files: 'stays.csv', columns: IDENTIFIERS },
        visits: { files: 'visits.csv', columns: IDENTIFIERS },
      },
    },
    surgery: {
      setting: 'community',
      patients: {
        files: 'patients.csv',
        columns: { id: { role: 'patient-key' }, nhs: { role: 'nhs-number' } },
      },
      tables: { contacts: { files: 'contacts.csv', columns: { id: { role: 'patient-key' } } } },
    },
  },
  optOuts: { register: { file: 'register.csv', asOf: '2026-04-01', allowEmpty: true } },
  link: { ranks: 'eight-step', ignorePostcodes: 'postcodes.txt' },
  release: { agreement: 'tiny-001', tables: { persons: {}, stays: { site: 'keep' } } },
};

let folder: BenchFolder;
let pipeline: Pipeline;
let stores = 0;
beforeAll(() => {
  folder = BenchFolder.make();
  folder.put('postcodes.txt', 'M1 1AE\n');
  pipeline = folder.parse(PIPELINE);
});
afterAll(() => folder.remove());

function newStore(): string {
  stores += 1;
  const store = folder.at(`store-${stores}`);
  mkdirSync(store);
  return store;
}

const tableOf = (name: string) => tablesOf(pipeline).find((one) => one.name === name)!;

const row = fc.record({
  fault: fc.constantFrom(0, 0, 0, 0, 3),
  nhs: fc.constantFrom(0n, 9434765919n, 9876543210n),
  dob: fc.constantFrom(0, 19800101, 19800131),
  sex: fc.constantFrom(0, 1, 2),
  postcode: fc.constantFrom('', 'SW1A2AA', 'M11AE'),
  local: fc.constantFrom('', 'L1', 'L2'),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

const hexOf = (half: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(half);
  return bytes.toString('hex');
};

/** What a row says, from its texts. */
function saidBy({ nhs, dob, sex, postcode, local }: Row) {
  const digits = nhs === 0n ? '' : String(nhs).padStart(10, '0');
  const iso = dob === 0 ? '' : String(dob).replace(/(....)(..)(..)/, '$1-$2-$3');
  const sexText = sex === 0 ? '' : String(sex);
  const isWhole = iso !== '' && sex !== 0 && postcode !== '';
  const subject =
    digits !== '' || isWhole
      ? oracle('demographics', `${digits}|${iso}|${sexText}|${postcode}`)
      : local === ''
        ? null
        : oracle('local-patient-id', `RB1|${local}`);
  const bound = (kind: string, text: string) =>
    digits === '' || text === '' ? null : oracle(kind, `${digits}|${text}`).slice(0, 16);
  const [year = '', month = '', day = ''] = iso.split('-');
  const nhsToken = digits === '' ? null : oracle('nhs-number', digits);
  const tuple = isWhole ? oracle('sex|date-of-birth|postcode', `${sexText}|${iso}|${postcode}`) : null;
  const halves = (token: string | null) => [token?.slice(0, 16) ?? null, token?.slice(16) ?? null];
  const links = [
    ...halves(subject),
    ...halves(nhsToken),
    ...halves(tuple),
    bound('nhs-number|sex', sexText),
    bound('nhs-number|year-of-birth', year),
    bound('nhs-number|month-or-day-of-birth', month),
    bound('nhs-number|month-or-day-of-birth', day),
    bound('nhs-number|postcode', postcode),
    0,
    isWhole && dob === 19800101 ? 1 : 0,
    isWhole && postcode === 'M11AE' ? 1 : 0,
  ];
  return { subject, links };
}

test('of a flat source, each subject is stored once with what links it, and each row has the number of its own', async () => {
  const vectors = fc.array(fc.tuple(fc.constantFrom('stays', 'visits'), fc.array(row, { maxLength: 40 })), {
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(vectors, async (met) => {
      const store = newStore();
      const subjects = await SourceSubjects.open('acute', pipeline, store);
      const expected = new Map<string, readonly (string | number | null)[]>();
      for (const table of ['stays', 'visits']) {
        const plan = planTokens(tableOf(table), pipeline);
        const one = tokeniser(plan, null, new Set(['M11AE' as Postcode]));
        subjects.begin(plan, one);
        for (const [, rows] of met.filter(([name]) => name === table)) {
          const made = rows.map(({ local, ...more }) => ({ ...more, keys: { site: 'RB1', local } }));
          one.tokenise(rowVector(plan, made));
          const kept = rows.flatMap((_, index) => ((one.flags[index]! & ROW_FLAG.keep) === 0 ? [] : [index]));
          const numbers = new Int32Array(rows.length);
          subjects.number(Uint16Array.from(kept), kept.length, numbers);
          const made1 = tokens(one, 'subject', rows.length);
          for (const [index, keptRow] of kept.entries()) {
            const { subject, links } = saidBy(rows[keptRow]!);
            expect(made1[keptRow]).toBe(subject);
            if (subject === null) continue;
            if (!expected.has(subject)) expected.set(subject, links);
            expect(numbers[index]).toBe([...expected.keys()].indexOf(subject));
            expect(wordsAsHex(subjects.tokenOf(numbers[index]!))).toBe(subject);
          }
        }
      }
      expect((await subjects.finish()).rows).toBe(expected.size);
      const part = PartReader.open(join(store, subjectsPart('acute')));
      expect(part.columns).toEqual(subjectColumns('acute', pipeline));
      const read = rowsIn(part).map((stored) =>
        stored.map((value) => (typeof value === 'bigint' ? hexOf(value) : value)),
      );
      part.close();
      expect(read).toEqual([...expected.values()]);
      await subjects.close();
    }),
    { numRuns: 60 },
  );
});

test('the first row of a subject without what links it is a bug, and so are patients behind others', async () => {
  const subjects = await SourceSubjects.open('acute', pipeline, newStore());
  const plan = planTokens(tableOf('stays'), pipeline);
  const one = tokeniser(plan);
  subjects.begin(plan, one);
  one.tokenise(rowVector(plan, [{ nhs: 9434765919n }]));
  one.flags[0]! &= ~ROW_FLAG.first;
  expect(() => subjects.number(Uint16Array.of(0), 1, new Int32Array(1))).toThrow(
    'does not have what links it',
  );
  await subjects.close();

  const surgery = await SourceSubjects.open('surgery', pipeline, newStore());
  const contacts = planTokens(tableOf('contacts'), pipeline);
  const met = tokeniser(contacts);
  surgery.begin(contacts, met);
  met.tokenise(rowVector(contacts, [{ keys: { id: 'p1' } }]));
  surgery.number(Uint16Array.of(0), 1, new Int32Array(1));
  const patients = planTokens(tablesOf(pipeline).find(({ kind }) => kind === 'patients')!, pipeline);
  expect(() => surgery.begin(patients, tokeniser(patients))).toThrow('after rows that point at them');
  await surgery.close();
});
