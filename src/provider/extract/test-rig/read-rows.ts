import type { ColumnScanner } from '../../../kernel/column-scanner.ts';
import type { FileFormat } from '../../../pipeline/file-format.ts';
import type { ColumnSpec } from '../../../pipeline/pipeline.ts';
import type { BlockColumn } from '../block-column.ts';
import type { ColumnReader } from '../column-reader.ts';
import type { InputFile } from '../find-files.ts';
import type { ColumnIndex } from '../locate-faults.ts';
import { type ReadFile, RowReader } from '../row-reader.ts';
import { VECTOR_ROWS } from '../row-vector.ts';

/** Sizes of a block: small ones, so that files of a test have several, and the one of the program. */
export const BLOCKS = [4096, 16_384, 524_288];

/** Files as most senders write them. */
export const FORMAT: FileFormat = { delimiter: ',', quote: '"', encoding: 'utf-8' };

/** A reader that takes every cell as it is in the file, quotes undone. */
export class TextReader implements ColumnReader {
  readonly name: string;
  readonly texts: string[] = new Array(VECTOR_ROWS).fill('');
  /** rows that were read from blocks, column by column */
  rowsOfBlocks = 0;
  #block: BlockColumn | null = null;

  constructor(name: string) {
    this.name = name;
  }

  begin(block: BlockColumn): void {
    this.#block = block;
  }

  read(from: number, count: number): void {
    for (let row = 0; row < count; row += 1) this.texts[row] = this.#block!.textOf(from + row);
    this.rowsOfBlocks += count;
  }

  readText(row: number, text: string): void {
    this.texts[row] = text;
  }
}

/** What is asked of a reading. */
export interface Reading<T> {
  readonly readers: readonly ColumnReader[];
  /** column names of the file, in its order */
  readonly names: readonly string[];
  readonly blockBytes: number;
  /** what is kept of a row of the vector */
  readonly shown: (row: number, fault: number) => T;
  readonly format?: FileFormat;
  /** names of the columns whose cells must be in the declared encoding; all if absent */
  readonly read?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Reads a file row by row; returns what is shown of each row that can be parsed. */
export async function readRows<T>(
  scanner: ColumnScanner,
  file: InputFile,
  { readers, names, blockBytes, shown, format = FORMAT, read = names, signal }: Reading<T>,
): Promise<ReadFile & { readonly seen: T[] }> {
  const reader = new RowReader(scanner, readers, blockBytes);
  const seen: T[] = [];
  const indexes = read.map(
    (name): ColumnIndex => ({ column: { name } as ColumnSpec, index: names.indexOf(name) }),
  );
  const met = await reader.readFile(
    file,
    { format, header: { names, undeclared: [] }, read: indexes },
    (rows) => {
      for (let row = 0; row < rows; row += 1) seen.push(shown(row, reader.faults.codes[row]!));
    },
    signal ?? new AbortController().signal,
  );
  return { ...met, seen };
}
