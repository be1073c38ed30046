import fc from 'fast-check';
import type { ColumnScanner } from '../../../kernel/column-scanner.ts';
import { AWKWARD_CHARACTERS } from '../../../kernel/test-rig/written-cells.ts';
import type { BenchFolder } from '../../../run/test-rig/bench-folder.ts';
import type { ColumnReader } from '../column-reader.ts';
import { inputFileAt } from './input-file.ts';
import { BLOCKS, FORMAT, readRows, TextReader } from './read-rows.ts';

/** A good text with up to three characters put in, taken out or replaced. */
export const nearly = (good: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const change = fc.tuple(fc.nat(24), fc.nat(1), fc.constantFrom('', ...AWKWARD_CHARACTERS));
  return fc
    .tuple(good, fc.oneof(fc.constant([]), fc.array(change, { maxLength: 3 })))
    .map(([text, changes]) =>
      changes
        .reduce((before, [position, take, put]) => {
          const start = position % (before.length + 1);
          return before.slice(0, start) + put + before.slice(start + take);
        }, text)
        .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, ''),
    );
};

const anything: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', ' ', '\u00a0\t', 'NULL', '"', '""', 'x'.repeat(5000), '9'.repeat(400), ' '.repeat(300)),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...AWKWARD_CHARACTERS), maxLength: 14 }),
);

/** Near misses of good cells above all, for that is where a fast way may go wrong. */
export const cellsLike = (good: fc.Arbitrary<string>, length = 300): fc.Arbitrary<string[]> =>
  fc.array(fc.oneof({ weight: 6, arbitrary: nearly(good) }, { weight: 1, arbitrary: anything }), {
    minLength: length,
    maxLength: length,
  });

/** How a file is written. */
export interface Writing {
  readonly delimiter: string;
  readonly quote: string;
  readonly end: '\n' | '\r\n';
  /** by cell, going round: quoted though it need not be */
  readonly quoted: readonly boolean[];
  /** a faulty row behind each so many rows, so that they are read record by record; 0 for none */
  readonly faultyEvery: number;
}

export const writings: fc.Arbitrary<Writing> = fc.record({
  delimiter: fc.constantFrom(',', ',', ';', '\t', '|'),
  quote: fc.constantFrom('"', '"', "'"),
  end: fc.constantFrom('\n', '\r\n'),
  quoted: fc.oneof(
    fc.constant([false]),
    fc.constant([true]),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  ),
  faultyEvery: fc.constantFrom(0, 0, 0, 1, 70, 299),
});

/** Delimited text of these rows below a header. */
export function writtenFile(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  { delimiter, quote, end, quoted, faultyEvery }: Writing,
): Buffer {
  let cells = 0;
  const write = (cell: string) => {
    cells += 1;
    const mustBe = [delimiter, quote, '\n', '\r'].some((one) => cell.includes(one));
    const isQuoted = mustBe || quoted[cells % quoted.length];
    return isQuoted ? quote + cell.replaceAll(quote, quote + quote) + quote : cell;
  };
  const lines = rows.flatMap((row, index) => {
    const line = row.map(write).join(delimiter);
    const faulty = [`${quote}a${quote}b${delimiter}c`, 'one cell', `a${delimiter.repeat(names.length)}b`];
    return faultyEvery > 0 && index % faultyEvery === 0 ? [line, faulty[index % faulty.length]!] : [line];
  });
  return Buffer.from(`${[names.join(delimiter), ...lines].join(end)}${end}`, 'utf8');
}

/** What was read of cells, and in which way. */
export interface ReadCells<T> {
  /** of each block size, in the order of the cells */
  readonly seen: readonly T[][];
  /** rows that were read column by column, and rows that were read record by record */
  readonly rowsOfBlocks: number;
  readonly rowsOfRecords: number;
}

/** Writes the cells as one column of a file, and has it read at every block size. */
export async function readCells<T>(
  folder: BenchFolder,
  scanner: ColumnScanner,
  cells: readonly string[],
  writing: Writing,
  reader: ColumnReader,
  shown: (row: number, fault: number) => T,
): Promise<ReadCells<T>> {
  const names = ['before', 'behind', 'more'];
  const column = cells.length === 0 ? 0 : cells[0]!.length % 3;
  names[column] = reader.name;
  const rows = cells.map((cell, row) => names.map((_, index) => (index === column ? cell : `f${row % 10}`)));
  const file = inputFileAt(folder.put('cells.csv', writtenFile(names, rows, writing)));
  const texts = new TextReader(reader.name);
  const seen: T[][] = [];
  for (const blockBytes of BLOCKS) {
    const read = await readRows(scanner, file, {
      readers: [reader, texts],
      names,
      blockBytes,
      format: { ...FORMAT, delimiter: writing.delimiter, quote: writing.quote },
      shown: (row, fault) => ({ text: texts.texts[row]!, value: shown(row, fault) }),
    });
    const different = read.seen.findIndex(({ text }, index) => text !== cells[index]);
    if (different >= 0 || read.seen.length !== cells.length)
      throw new Error(`the cells themselves were not read back, from ${different} on`);
    seen.push(read.seen.map(({ value }) => value));
  }
  return {
    seen,
    rowsOfBlocks: texts.rowsOfBlocks,
    rowsOfRecords: cells.length * BLOCKS.length - texts.rowsOfBlocks,
  };
}
