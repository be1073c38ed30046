import { refused } from '../../domain/problem.ts';
import type { ColumnScanner } from '../../kernel/column-scanner.ts';
import { SCAN_BYTES } from '../../kernel/text-scanner.ts';
import type { FileFormat } from '../../pipeline/file-format.ts';
import { BlockColumn } from './block-column.ts';
import type { ColumnReader } from './column-reader.ts';
import type { InputFile } from './find-files.ts';
import { LineEnds } from './line-ends.ts';
import { type ColumnIndex, structureFault } from './locate-faults.ts';
import { openText } from './open-text.ts';
import { type PlainTable, plainTable } from './plain-table.ts';
import type { Header } from './read-header.ts';
import { RowFaults, VECTOR_ROWS } from './row-vector.ts';
import { scanBlocks } from './scan-blocks.ts';
import { scanRecords } from './scan-records.ts';
import type { ScannedRecord } from './scanned-record.ts';

/** Records of a file below its header. */
export interface ReadFile {
  readonly rows: number;
  /** those among them that cannot be parsed, and are in no vector */
  readonly unparsed: number;
}

/** How the cells of a file are found. */
export interface FileLayout {
  readonly format: FileFormat;
  readonly header: Header;
  /** columns whose cells must be in the declared encoding */
  readonly read: readonly ColumnIndex[];
}

/** A text that begins where a record of a file begins. */
export interface RecordText {
  readonly pieces: AsyncIterable<Buffer>;
  /** begins where the file begins, with a byte order mark and the header */
  readonly isStart: boolean;
  /** ends where the file ends; any other text ends behind a record if it is regular, and else anywhere */
  readonly isEnd: boolean;
}

/**
 * Reads the columns of a file, a vector of rows at a time.
 *
 * A block of which each row has as many cells as the header, and which is UTF-8 throughout, is read column by column. Of any other block each record
 * is read by the plain rules, which alone decide what a faulty record is.
 */
export class RowReader {
  readonly faults = new RowFaults();
  readonly #scanner: ColumnScanner;
  readonly #readers: readonly ColumnReader[];
  readonly #blockBytes: number;

  /** @param blockBytes at most SCAN_BYTES; fewer in tests */
  constructor(scanner: ColumnScanner, readers: readonly ColumnReader[], blockBytes = SCAN_BYTES) {
    this.#scanner = scanner;
    this.#readers = readers;
    this.#blockBytes = blockBytes;
  }

  /**
   * @param take is called for each vector: so many rows are in the arrays of the readers, and their faults in `faults`
   * @throws TallystickError (exit 1) for a file that cannot be read, or whose line ends differ; the reason of the signal, if it is aborted
   */
  async readFile(
    file: InputFile,
    layout: FileLayout,
    take: (rows: number) => void,
    signal: AbortSignal,
  ): Promise<ReadFile> {
    const lineEnds = new LineEnds();
    const text = { pieces: openText(file, layout.format.encoding), isStart: true, isEnd: true };
    const met = await this.readText(text, layout, lineEnds, take, signal);
    await checkLineEnds(file, layout.format, lineEnds);
    return met!;
  }

  /**
   * Reads a part of a file, likewise.
   *
   * @param lineEnds to which those of the text are added
   * @returns null where it is not certain that the text ends behind a record, or the header is not in it: then vectors and line ends are
   *   those of a part of the text and must be forgotten
   */
  async readText(
    { pieces, isStart, isEnd }: RecordText,
    { format: { delimiter, quote }, header, read }: FileLayout,
    lineEnds: LineEnds,
    take: (rows: number) => void,
    signal: AbortSignal,
  ): Promise<ReadFile | null> {
    const positions = this.#readers.map(({ name }) => header.names.indexOf(name));
    const width = header.names.length;
    let rows = isStart ? -1 : 0; // the header is none
    let unparsed = 0;
    for await (const block of scanBlocks(
      pieces,
      this.#scanner,
      delimiter,
      quote,
      this.#blockBytes,
      lineEnds,
      isStart,
    )) {
      signal.throwIfAborted();
      const table = plainTable(block, width, quote.charCodeAt(0));
      if (table !== null) {
        this.#readTable(table, positions, rows < 0 ? 1 : 0, take);
        rows += table.rows;
        continue;
      }
      const parsed: ScannedRecord[] = [];
      for (const record of block.records()) {
        if (block.regular === null && !isEnd) return null;
        rows += 1;
        lineEnds.hasBadQuote ||= record.badQuote;
        if (rows === 0) continue;
        if (structureFault(record, header, read) === null) parsed.push(record);
        else unparsed += 1;
      }
      this.#readRecords(parsed, positions, take);
    }
    if (rows < 0 && !isEnd) return null;
    return { rows: Math.max(rows, 0), unparsed };
  }

  #readTable(
    table: PlainTable,
    positions: readonly number[],
    first: number,
    take: (rows: number) => void,
  ): void {
    for (const [index, reader] of this.#readers.entries())
      reader.begin(new BlockColumn(this.#scanner, table, positions[index]!));
    for (let from = first; from < table.rows; from += VECTOR_ROWS) {
      const count = Math.min(VECTOR_ROWS, table.rows - from);
      this.faults.clear();
      for (const reader of this.#readers) reader.read(from, count, this.faults);
      take(count);
    }
  }

  #readRecords(
    records: readonly ScannedRecord[],
    positions: readonly number[],
    take: (rows: number) => void,
  ): void {
    for (let from = 0; from < records.length; from += VECTOR_ROWS) {
      const some = records.slice(from, from + VECTOR_ROWS);
      this.faults.clear();
      for (const [index, reader] of this.#readers.entries()) {
        for (const [row, record] of some.entries())
          reader.readText(row, record.field(positions[index]!)!.toString('utf8'), this.faults);
      }
      take(some.length);
    }
  }
}

/**
 * Refuses a file whose line ends differ. If there is a faulty quote, its line is looked for: that is the likely cause.
 *
 * @throws TallystickError (exit 1)
 */
export async function checkLineEnds(
  file: InputFile,
  { encoding, delimiter, quote }: FileFormat,
  lineEnds: LineEnds,
): Promise<void> {
  const problem = lineEnds.problem(file.shownAs, null);
  if (problem === null) return;
  if (lineEnds.hasBadQuote) {
    for await (const { badQuote, line } of scanRecords(openText(file, encoding), delimiter, quote)) {
      if (badQuote) throw refused(lineEnds.problem(file.shownAs, line)!);
    }
  }
  throw refused(problem);
}
