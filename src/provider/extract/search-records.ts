import { isUtf8 } from 'node:buffer';
import { ColumnScanner, MAX_ENTRIES, NO_CODE } from '../../kernel/column-scanner.ts';
import { SCAN_BYTES } from '../../kernel/text-scanner.ts';
import type { FileFormat } from '../../pipeline/pipeline.ts';
import type { InputFile } from './find-files.ts';
import { type ColumnPlace, structureFault } from './locate-faults.ts';
import { openText } from './open-text.ts';
import type { Header } from './read-header.ts';
import type { RegularText } from './regular-records.ts';
import { type Block, scanBlocks } from './scan-blocks.ts';
import type { ScannedRecord } from './scanned-record.ts';

/** A column that is looked through, and whether a cell of it is looked for: by its text as it is delivered, and by nothing else. */
export interface SoughtColumn {
  readonly name: string;
  readonly isSought: (cell: string) => boolean;
}

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

/** What is known of a cell by its code. */
const VERDICT = { none: 0, sought: 1, unknown: 2 } as const;

/**
 * Looks for records by a few of their cells, in all files of a table.
 *
 * A block of which each row has as many cells as the header, and which is UTF-8 throughout, holds no faulty record: of each column
 * that is looked through the kernel puts the cells under codes, and `isSought` is asked once a code. Only records with a cell that
 * is looked for are made. Of any other block all records are read by the plain rules.
 */
export class RecordSearch {
  readonly #scanner = new ColumnScanner();
  readonly #columns: readonly (SoughtColumn & { readonly verdicts: Uint8Array })[];
  readonly #blockBytes: number;

  /** @param blockBytes of a block, at most SCAN_BYTES */
  constructor(columns: readonly SoughtColumn[], blockBytes = SCAN_BYTES) {
    this.#columns = columns.map((column) => ({
      ...column,
      verdicts: new Uint8Array(MAX_ENTRIES).fill(VERDICT.unknown),
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
    read: readonly ColumnPlace[],
    visitor: SearchVisitor,
    signal: AbortSignal,
  ): Promise<SearchedFile> {
    const { encoding, delimiter, quote } = format;
    const places = this.#columns.map(({ name }) => header.names.indexOf(name));
    const width = header.names.length;
    let unparsed = 0;
    let rows = -1; // the header is none
    const visit = (record: ScannedRecord) => {
      rows += 1;
      if (rows === 0) return;
      if (structureFault(record, header, read) !== null) {
        unparsed += 1;
        visitor.unparsed(record);
      } else if (this.#columns.some(({ isSought }, at) => isSought(textOf(record, places[at]!))))
        visitor.found(record);
    };
    const pieces = openText(file, encoding);
    for await (const block of scanBlocks(pieces, this.#scanner, delimiter, quote, this.#blockBytes)) {
      signal.throwIfAborted();
      const table = plainTable(block, width);
      if (table === null) for (const record of block.records()) visit(record);
      else {
        const found = this.#rowsFound(table, width, places, quote.charCodeAt(0));
        for (const row of found) if (rows + row >= 0) visitor.found(table.text.row(row, width));
        rows += table.rows;
      }
    }
    return { rows: Math.max(rows, 0), unparsed };
  }

  /** Overwrites what was read. */
  close(): void {
    this.#scanner.clear();
  }

  /** Rows of the table that was scanned last with a cell that is looked for, in ascending order. */
  #rowsFound({ text, rows }: PlainTable, width: number, places: readonly number[], quote: number): number[] {
    const found = new Set<number>();
    for (const [at, { verdicts, isSought }] of this.#columns.entries()) {
      const place = places[at]!;
      const codes = this.#scanner.encode(place, width, rows, quote);
      // by index: an entry of each of millions of rows would be an object to collect
      for (let row = 0; row < rows; row += 1) {
        const code = codes[row]!;
        if (code === NO_CODE) {
          if (isSought(textOf(text.row(row, width), place))) found.add(row);
          continue;
        }
        if (verdicts[code] === VERDICT.unknown) {
          const cell = this.#scanner.textOf(code).toString('utf8');
          verdicts[code] = isSought(cell) ? VERDICT.sought : VERDICT.none;
        }
        if (verdicts[code] === VERDICT.sought) found.add(row);
      }
    }
    return [...found].sort((a, b) => a - b);
  }
}

/** A block of which nobody need ask what a faulty record is. */
interface PlainTable {
  readonly text: RegularText;
  readonly rows: number;
}

function plainTable({ regular }: Block, width: number): PlainTable | null {
  const rows = regular?.rowsOf(width) ?? null;
  return regular === null || rows === null || !isUtf8(regular.bytes) ? null : { text: regular, rows };
}

function textOf(record: ScannedRecord, place: number): string {
  return record.field(place)!.toString('utf8');
}
