/** People and signs of opt-outs by practice, as a plain recount has them. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { trimBlanks } from '../../domain/standardised-text.ts';
import { type Pipeline, type TableSpec, tablesOf } from '../../pipeline/pipeline.ts';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import { splitPipeline } from '../../run/test-rig/split-source.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import { inputFileAt } from '../extract/test-rig/input-file.ts';
import { type Writing, writings, writtenFile } from '../extract/test-rig/written-cells.ts';
import { countSigns, type Signs } from './count-signs.ts';
import type { PracticeSigns } from './judge-silence.ts';

const SIGNAL = new AbortController().signal;
const NAMES = ['id', 'nhs', 'practice'];
const PLAIN: Writing = { delimiter: ',', quote: '"', end: '\n', quoted: [false], faultyEvery: 0 };

let folder: BenchFolder;
let pipeline: Pipeline;
beforeAll(() => {
  folder = BenchFolder.make();
  pipeline = folder.parse(splitPipeline());
});
afterAll(() => folder.remove());

/** A patient key, an NHS number and a practice, as they are written. */
type Row = readonly [id: string, nhs: string, practice: string];

/** A table of these files. */
function inputsOf(
  kind: TableSpec['kind'],
  files: readonly (readonly Row[])[],
  writing: Writing,
): TableInputs {
  const { columns, ...patients } = tablesOf(pipeline).find((one) => one.kind === 'patients')!;
  const of = (role: 'patient-key' | 'nhs-number') => columns.find((one) => one.role === role)!;
  const practice = {
    ...of('patient-key'),
    name: 'practice',
    role: 'organisation',
    missing: ['none'],
  } as const;
  const table: TableSpec = {
    ...patients,
    kind,
    format: { delimiter: writing.delimiter, quote: writing.quote, encoding: 'utf-8' },
    columns: [...(kind === 'patients' ? [of('patient-key')] : []), of('nhs-number'), practice],
  };
  return {
    source: pipeline.sources[0]!,
    table,
    files: files.map((rows, index) => ({
      file: inputFileAt(folder.put(`signs-${index}.csv`, writtenFile(NAMES, rows, writing))),
      header: { names: NAMES, undeclared: [] },
    })),
  };
}

/** Once more, with sets of texts. */
function recount(
  kind: TableSpec['kind'],
  files: readonly (readonly Row[])[],
  { by, any, typeOne }: Signs,
  byPractice: boolean,
): PracticeSigns[] {
  const personOf = ([id, nhs]: Row) =>
    by === 'patient-key' ? trimBlanks(id) || null : standardiseNhsNumber(nhs, { allowTestRange: true }).value;
  const practiceOf = ([, , practice]: Row) => {
    const name = byPractice ? trimBlanks(practice) : '';
    return name === 'none' ? '' : name;
  };
  const practices = new Set(files.flat().map(practiceOf));
  return [...practices].map((practice) => {
    const own = files.map((rows) => rows.filter((row) => practiceOf(row) === practice).map(personOf));
    const people = own.map((persons) =>
      kind === 'patients' ? persons.length : new Set(persons.filter((one) => one !== null)).size,
    );
    const rowsOf = (sought: ReadonlySet<string>) =>
      own.flat().filter((person) => person !== null && sought.has(person)).length;
    return {
      people: kind === 'patients' ? people.reduce((sum, one) => sum + one, 0) : Math.max(...people),
      signs: rowsOf(any),
      typeOne: rowsOf(typeOne),
    };
  });
}

const sorted = (counted: readonly PracticeSigns[]) =>
  counted
    .map(({ people, signs, typeOne }) => `${people} people, ${signs} signs, ${typeOne} of type 1`)
    .toSorted();

async function counted(inputs: TableInputs, signs: Signs, byPractice: boolean): Promise<string[]> {
  const practice = byPractice ? inputs.table.columns.find(({ name }) => name === 'practice')! : null;
  return sorted(await countSigns(pipeline, inputs, signs, practice, SIGNAL));
}

/** Of every length around the twelve bytes that are in a key's words; some differ behind the fourth byte or in length alone. */
const KEYS = [
  ...[
    'p',
    'p1',
    'p2',
    'P000000001',
    'P000000002',
    'exactly12byt',
    'exactly12byu',
    'exactly 13 bt',
    'exactly 13 bu',
  ],
  ...[
    'exactly 13 btx',
    'ß'.repeat(6),
    'ß'.repeat(7),
    'x'.repeat(70),
    `${'x'.repeat(69)}y`,
    'p\0',
    '0',
    'say "p"',
  ],
];
const PRACTICES = [
  'A81001',
  'A81002',
  ' A81001 ',
  '',
  'none',
  'a practice of a long name, of more than 64 bytes in no case',
];
const NUMBERS = NHS_NUMBERS.slice(0, 6);
const WRITTEN = [
  ...NUMBERS,
  ...NUMBERS.map((one) => one.replace(/(...)(...)/, '$1 $2 ')),
  ...NUMBERS.map((one) => ` ${one.replace(/(...)(...)/, '$1-$2-')} `),
  ...['', '1234567890', 'unknown', '4000000004'],
];
const rows = fc.array(
  fc.tuple(
    fc.oneof(
      fc.constantFrom(...KEYS, ''),
      fc.constantFrom(...KEYS).map((key) => ` ${key}\u00a0`),
    ),
    fc.constantFrom(...WRITTEN),
    fc.constantFrom(...PRACTICES),
  ),
  { minLength: 1, maxLength: 120 },
);
const files = fc.array(rows, { minLength: 1, maxLength: 3 });
const signsOf = (by: Signs['by'], all: readonly string[]): fc.Arbitrary<Signs> =>
  fc.tuple(fc.subarray([...all]), fc.subarray([...all])).map(([any, typeOne]) => ({
    by,
    any: new Set([...any, ...typeOne]),
    typeOne: new Set(typeOne),
    kept: null,
  }));
/** The same, by the register that tallystick keeps. */
const byRegister = ({ by, any, typeOne }: Signs): Signs => ({
  by,
  any: new Set(),
  typeOne: new Set(),
  kept: { isAny: (number) => any.has(number), isTypeOne: (number) => typeOne.has(number) },
});

describe('people and signs of opt-outs', () => {
  it.each([
    ['patients', 'patient-key', KEYS],
    ['patients', 'nhs-number', NUMBERS],
    ['records', 'nhs-number', NUMBERS],
  ] as const)('of a table of %s, known by their %s, are what a plain recount has', async (kind, by, all) => {
    let met = 0;
    const property = fc.asyncProperty(
      files,
      signsOf(by, all),
      fc.boolean(),
      writings,
      async (delivered, signs, byPractice, writing) => {
        const expected = sorted(recount(kind, delivered, signs, byPractice));
        expect(await counted(inputsOf(kind, delivered, writing), signs, byPractice)).toEqual(expected);
        if (by === 'nhs-number')
          expect(await counted(inputsOf(kind, delivered, writing), byRegister(signs), byPractice)).toEqual(
            expected,
          );
        if (expected.some((one) => !one.includes(' 0 signs'))) met += 1;
      },
    );
    await fc.assert(property, { numRuns: 60 });
    expect(met).toBeGreaterThan(30);
  });

  const signs: Signs = { by: 'nhs-number', any: new Set([NUMBERS[0]!]), typeOne: new Set(), kept: null };

  it('of a flat table count a person once, and of several files the one with the most people', async () => {
    const one = NUMBERS[0]!;
    const spaced = one.replace(/(...)(...)/, '$1 $2 ');
    const delivered: Row[][] = [
      [
        ['', one, 'A'],
        ['', spaced, 'A'],
        ['', NUMBERS[1]!, 'A'],
      ],
      [
        ['', NUMBERS[2]!, 'A'],
        ['', '', 'A'],
        ['', NUMBERS[2]!, 'A'],
      ],
    ];
    expect(await counted(inputsOf('records', delivered, PLAIN), signs, true)).toEqual([
      '2 people, 2 signs, 0 of type 1',
    ]);
  });

  it('of patients are all rows of all files, also of those whose number cannot be read', async () => {
    const delivered: Row[][] = [
      [
        ['p1', NUMBERS[0]!, 'A'],
        ['p2', '', 'A'],
      ],
      [['p3', 'x', 'B']],
    ];
    expect(await counted(inputsOf('patients', delivered, PLAIN), signs, true)).toEqual([
      '1 people, 0 signs, 0 of type 1',
      '2 people, 1 signs, 0 of type 1',
    ]);
    expect(await counted(inputsOf('patients', delivered, PLAIN), signs, false)).toEqual([
      '3 people, 1 signs, 0 of type 1',
    ]);
  });

  it('of a row that cannot be parsed count for no person', async () => {
    const delivered: Row[][] = [
      [
        ['p1', NUMBERS[0]!, 'A'],
        ['p2', NUMBERS[0]!, 'A'],
      ],
    ];
    const faulty = { ...PLAIN, faultyEvery: 1 };
    expect(await counted(inputsOf('patients', delivered, faulty), signs, true)).toEqual([
      '2 people, 2 signs, 0 of type 1',
    ]);
  });
});
