import type { BlockColumn } from './block-column.ts';
import type { RowFaults } from './row-vector.ts';

/**
 * Reads the cells of one column into the arrays of a vector. Plain cells go through the kernel; every other cell is given to the rule of the
 * domain, as a text, by `readText`.
 */
export interface ColumnReader {
  /** name of the column */
  readonly name: string;
  /** Begins a block: the column of it whose rows `read` is asked for. */
  begin(block: BlockColumn): void;
  /** Reads rows `from` to `from + count` of the block into rows 0 to `count` of the vector. */
  read(from: number, count: number, faults: RowFaults): void;
  /** Reads one cell into a row of the vector. */
  readText(row: number, text: string, faults: RowFaults): void;
}
