import type { Cells, ColumnScanner } from '../../kernel/column-scanner.ts';
import type { PlainTable } from './plain-table.ts';

/** One column of a block of which each row has as many cells as the header. The block is what the scanner has scanned last. */
export class BlockColumn {
  readonly scanner: ColumnScanner;
  readonly rows: number;
  readonly #table: PlainTable;
  readonly #position: number;

  /** @param position of the column in the file, from 0 */
  constructor(scanner: ColumnScanner, table: PlainTable, position: number) {
    this.scanner = scanner;
    this.rows = table.rows;
    this.#table = table;
    this.#position = position;
  }

  /** The cells of a run of rows, for the kernel. */
  cells(from: number, count: number): Cells {
    const { width, quote } = this.#table;
    return { column: this.#position, width, from, count, quote };
  }

  /** A code a row of the block, valid until the next column is coded; see `ColumnScanner.encode`. */
  encode(): Uint32Array {
    const { width, rows, quote } = this.#table;
    return this.scanner.encode(this.#position, width, rows, quote);
  }

  /** The text of a cell, quotes undone. */
  textOf(row: number): string {
    return this.#table.text.cell(row, this.#table.width, this.#position).toString('utf8');
  }

  /** Bytes of the block. */
  bytes(from: number, length: number): Uint8Array {
    return this.#table.text.bytes.subarray(from, from + length);
  }
}
