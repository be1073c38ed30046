/** The columns of a table together: of each row the first fault by position, opt-out codes before faults, and nothing that is not read. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { optOutCodes, plainOptOutCodes, readOptOutCell } from '../../domain/opt-out-codes.ts';
import { payloadType } from '../../domain/role.ts';
import { OPT_OUT_CODE_FOUND } from '../../domain/row-flag.ts';
import { ColumnScanner } from '../../kernel/column-scanner.ts';
import { type Pipeline, type TableSpec, tablesOf } from '../../pipeline/pipeline.ts';
import { BenchFolder, RUN_DATE } from '../../run/test-rig/bench-folder.ts';
import { splitPipeline } from '../../run/test-rig/split-source.ts';
import { planTokens } from '../../store/token-plan.ts';
import { faultOf, payloadValue } from './payload-value.ts';
import { columnsRead, TableColumns } from './table-columns.ts';
import { inputFileAt } from './test-rig/input-file.ts';
import { BLOCKS, FORMAT, readRows } from './test-rig/read-rows.ts';
import { writings, writtenFile } from './test-rig/written-cells.ts';

let folder: BenchFolder;
let scanner: ColumnScanner;
let pipeline: Pipeline;
beforeAll(() => {
  folder = BenchFolder.make();
  scanner = new ColumnScanner();
  const split = splitPipeline() as { sources: { surgery: { tables: { visits: { columns: object } } } } };
  const { visits } = split.sources.surgery.tables;
  visits.columns = {
    ...visits.columns,
    ward: { role: 'category' },
    count: { role: 'integer', missing: ['-1'] },
    amount: { role: 'decimal' },
    icd: { role: 'code', system: 'icd-10', expect: { codeShape: { none: 'made up' } } },
    at: { role: 'timestamp', format: '%Y-%m-%dT%H:%M:%S' },
    nurse: { role: 'name' },
  };
  pipeline = folder.parse(split);
});
afterAll(() => folder.remove());

const tableOf = (name: string): TableSpec =>
  tablesOf(pipeline).find((one) => [one.name, one.kind].includes(name))!;

/** Cells of each role: some fit, some do not, some are opt-out codes where none is expected. */
const CELLS: Readonly<Record<string, readonly string[]>> = {
  id: ['p1', 'p2', ' p3 ', 'a key of more than twelve bytes', '', ' ', '9Nu0', '827241000000103'],
  visit: ['v1', 'v2', '', '\u00a0'],
  seen: ['01/02/2020', '31/12/1999', '', '30/02/2020', '9Nu0'],
  code: ['44054006', '827241000000103', '', 'x'.repeat(65)],
  note: ['whatever', '\0', 'x'.repeat(900), '9Nu0'],
  ward: ['A', 'B', '', 'x'.repeat(65), 'a\0b', '9Nu0.', 'two\nlines'],
  count: ['1', '-1', '', 'x', '3.5', '827241000000103', '82724100000010'],
  amount: ['1.5', '', '1e5', '1,5', '8.27241E+14'],
  icd: ['E119', '', 'é'.repeat(33), 'XaZ89'],
  at: ['2020-02-01T10:00:00', '', '2020-02-01', '9Nu0'],
  nurse: ['somebody', '', '9Nu0'],
};
/** The first of them fits, and is the most frequent one. */
const cellOf = (name: string) => {
  const [first, ...others] = CELLS[name]!;
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(first!) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
};

test('a row has its first fault by the position of the column in the table, and an opt-out code before every fault', async () => {
  const table = tableOf('visits');
  const codes = optOutCodes([]);
  const plan = planTokens(table, pipeline);
  const read = columnsRead(plan).map(({ name }) => name);
  const forms = plainOptOutCodes(codes);
  const elsewhere = ['ward', 'count', 'amount', 'icd'];
  const faultPlainly = (row: Readonly<Record<string, string>>): number => {
    const isCode =
      forms.includes(row['id']!) ||
      elsewhere.some((name) => {
        const { system } = table.columns.find((one) => one.name === name)!;
        return readOptOutCell(system ?? 'local', row[name]!, codes) !== 'none';
      });
    if (isCode) return OPT_OUT_CODE_FOUND;
    return (
      table.columns.findIndex(
        (column) =>
          read.includes(column.name) &&
          faultOf(column) !== null &&
          'fault' in payloadValue(column, row[column.name]!),
      ) + 1
    );
  };
  const met = new Set<number>();
  const rowsArbitrary = fc.array(
    fc.record(Object.fromEntries(Object.keys(CELLS).map((name) => [name, cellOf(name)]))),
    { minLength: 1, maxLength: 250 },
  );
  const order = fc.shuffledSubarray(Object.keys(CELLS), { minLength: Object.keys(CELLS).length });
  const property = fc.asyncProperty(rowsArbitrary, order, writings, async (rows, names, writing) => {
    scanner.clear();
    const columns = new TableColumns(plan, pipeline, RUN_DATE);
    const text = writtenFile(
      names,
      rows.map((row) => names.map((name) => row[name]!)),
      writing,
    );
    const file = inputFileAt(folder.put('visits.csv', text));
    const expected = rows.map(faultPlainly);
    for (const fault of expected) met.add(fault);
    for (const blockBytes of BLOCKS) {
      const { seen } = await readRows(scanner, file, {
        readers: columns.readers,
        names,
        read,
        blockBytes,
        format: { ...FORMAT, delimiter: writing.delimiter, quote: writing.quote },
        shown: (_row, fault) => fault,
      });
      expect(seen).toEqual(expected);
    }
  });
  await fc.assert(property, { numRuns: 60 });
  // each column that can have a fault has had the first one of some row
  const faulty = ['id', 'visit', 'seen', 'code', 'ward', 'count', 'amount', 'icd', 'at'];
  const numbers = faulty.map((name) => table.columns.findIndex((one) => one.name === name) + 1);
  expect([...met].toSorted((a, b) => a - b)).toEqual(
    [0, OPT_OUT_CODE_FOUND, ...numbers].toSorted((a, b) => a - b),
  );
});

describe('the columns that are read', () => {
  test.each(['patients', 'visits', 'readings'])(
    'of %s are those that are checked, hashed or standardised',
    (name) => {
      const table = tableOf(name);
      const plan = planTokens(table, pipeline);
      const read = columnsRead(plan).map((one) => one.name);
      const readers = new TableColumns(plan, pipeline, RUN_DATE).readers.map((one) => one.name);
      expect(readers.toSorted()).toEqual(read.toSorted());
      const stripped = ['surname', 'home', 'phone', 'note', 'nurse'];
      expect(read.filter((one) => stripped.includes(one))).toEqual([]);
      const payload = table.columns.filter(({ role }) => payloadType(role) !== null).map((one) => one.name);
      expect(read).toEqual(expect.arrayContaining(payload));
    },
  );
});
