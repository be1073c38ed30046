import { ColumnScanner } from '../../kernel/column-scanner.ts';
import { SCAN_BYTES } from '../../kernel/text-scanner.ts';
import type { FileFormat } from '../../pipeline/file-format.ts';
import type { InputFile } from './find-files.ts';
import { type ColumnIndex, structureFault } from './locate-faults.ts';
import { openText } from './open-text.ts';
import { type PlainTable, plainTable } from './plain-table.ts';
import type { Header } from './read-header.ts';
import { findByCells, findByKeys, type RowFinder, type SoughtColumn, textOf } from './row-finders.ts';
import { scanBlocks } from './scan-blocks.ts';
import type { ScannedRecord } from './scanned-record.ts';

/** Whoever asks for the search is shown these, in the file's order. */
export interface SearchVisitor {
  /** a record that can be parsed, with a cell that is looked for in one of the columns */
  found(record: ScannedRecord): void;
  /** a record that cannot be parsed */
  unparsed(record: ScannedRecord): void;
}

/** Records of a file below its header. */
export interface SearchedFile {
  readonly rows: number;
  /** those among them that cannot be parsed */
  readonly unparsed: number;
}

/**
 * Looks for records by a few of their cells, in all files of a table.
 *
 * A block of which each row has as many cells as the header, and which is UTF-8 throughout, holds no faulty record: there the kernel
 * goes down each column that is looked through, and only records with a cell that is looked for are made. Of any other block all
 * records are read by the plain rules.
 */
export class RecordSearch {
  readonly #scanner = new ColumnScanner();
  readonly #columns: readonly (SoughtColumn & { readonly find: RowFinder })[];
  readonly #blockBytes: number;

  /**
   * @param keys the only texts, blanks around them or not, that are looked for in all columns, where they are known and the cells are
   *   of very many kinds; null asks once a distinct cell
   * @param blockBytes of a block, at most SCAN_BYTES
   */
  constructor(columns: readonly SoughtColumn[], keys: ReadonlySet<string> | null, blockBytes = SCAN_BYTES) {
    this.#columns = columns.map((column) => ({
      ...column,
      find: keys === null ? findByCells(this.#scanner, column) : findByKeys(this.#scanner, column, keys),
    }));
    this.#blockBytes = blockBytes;
  }

  /**
   * @param read columns whose cells must be in the declared encoding
   * @throws TallystickError (exit 1) for a file that cannot be read; the reason of the signal, if it is aborted
   */
  async search(
    file: InputFile,
    format: FileFormat,
    header: Header,
    read: readonly ColumnIndex[],
    visitor: SearchVisitor,
    signal: AbortSignal,
  ): Promise<SearchedFile> {
    const { encoding, delimiter, quote } = format;
    const indexes = this.#columns.map(({ name }) => header.names.indexOf(name));
    const width = header.names.length;
    let unparsed = 0;
    let rows = -1; // the header is none
    const visit = (record: ScannedRecord) => {
      rows += 1;
      if (rows === 0) return;
      if (structureFault(record, header, read) !== null) {
        unparsed += 1;
        visitor.unparsed(record);
      } else if (this.#columns.some(({ isSought }, index) => isSought(textOf(record, indexes[index]!))))
        visitor.found(record);
    };
    const pieces = openText(file, encoding);
    for await (const block of scanBlocks(pieces, this.#scanner, delimiter, quote, this.#blockBytes)) {
      signal.throwIfAborted();
      const table = plainTable(block, width, quote.charCodeAt(0));
      if (table === null) for (const record of block.records()) visit(record);
      else {
        for (const row of this.#rowsFound(table, indexes))
          if (rows + row >= 0) visitor.found(table.text.row(row, width));
        rows += table.rows;
      }
    }
    return { rows: Math.max(rows, 0), unparsed };
  }

  /** Overwrites what was read. */
  close(): void {
    this.#scanner.clear();
  }

  /** Rows with a cell that is looked for, in ascending order. */
  #rowsFound(table: PlainTable, indexes: readonly number[]): number[] {
    const found = new Set<number>();
    for (const [index, { find }] of this.#columns.entries()) find(table, indexes[index]!, found);
    return [...found].sort((a, b) => a - b);
  }
}
