import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { decompress } from 'fzstd';
import { looksLikeValue } from '../domain/known-words.ts';
import { refused } from '../domain/problem.ts';
import type { FileFormat } from '../pipeline/file-format.ts';
import type { TableSpec } from '../pipeline/pipeline.ts';
import { findFiles, type InputFile } from '../provider/extract/find-files.ts';
import type { QuarantinedRow } from '../provider/extract/locate-faults.ts';

/** One row as delivered: every cell as text, by its header. */
export interface DeliveredRow {
  readonly file: string;
  /** physical line on which it starts, from 1 */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** One row with too few or too many cells: it is unknown which cell belongs to which column. */
export interface UnparsedRow extends QuarantinedRow {
  readonly cells: readonly string[];
  /** the columns of its file */
  readonly header: readonly string[];
}

export interface DeliveredTable {
  readonly table: TableSpec;
  readonly rows: readonly DeliveredRow[];
  readonly unparsed: readonly UnparsedRow[];
}

/**
 * Every row of every file of a table.
 *
 * @throws TallystickError (exit 1) for a file that does not fit the pipeline file
 */
export function readFiles(table: TableSpec): DeliveredTable {
  const files = findFiles(table).map((file) => readFile(file, table));
  return {
    table,
    rows: files.flatMap(({ rows }) => rows),
    unparsed: files.flatMap(({ unparsed }) => unparsed),
  };
}

function readFile(file: InputFile, table: TableSpec): Omit<DeliveredTable, 'table'> {
  const bytes = readFileSync(file.path);
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (file.expect.sha256 !== null && file.expect.sha256 !== digest) throw refusedFile(file, 'another file');

  const [first, ...records] = splitRecords(decode(decompressed(bytes, file), table.format), table.format);
  const header = (first?.cells ?? []).map((name) => name.trim());
  for (const { name } of table.columns) {
    if (header.filter((one) => one === name).length !== 1) throw refusedFile(file, 'a column is missing');
  }
  if (records.length === 0 && !table.allowEmpty) throw refusedFile(file, 'a header and no rows');
  if (file.expect.rows !== null && file.expect.rows !== records.length) throw refusedFile(file, 'rows');

  const rows: DeliveredRow[] = [];
  const unparsed: UnparsedRow[] = [];
  for (const { line, cells, isCutShort } of records) {
    const place = { file: file.shownAs, line };
    const isWhole = cells.length >= header.length && cells.slice(header.length).every((cell) => cell === '');
    if (isWhole) {
      rows.push({ ...place, cells: Object.fromEntries(header.map((name, index) => [name, cells[index]!])) });
    } else if (cells.length < header.length && isCutShort) {
      throw refusedFile(file, 'ends in mid-row');
    } else {
      const reason = cells.length < header.length ? 'too few columns' : 'too many columns';
      unparsed.push({ ...place, column: '', reason, cells, header });
    }
  }
  // a header without its line end contains the first row, on which an opt-out would be overlooked
  const declared = new Set(table.columns.map(({ name }) => name));
  const hasRowInHeader = header.some((name) => !declared.has(name) && looksLikeValue(name));
  if (rows.length === 0 && (unparsed.length > 0 || hasRowInHeader))
    throw refusedFile(file, 'not one row fits');
  return { rows, unparsed };
}

function decompressed(bytes: Buffer, { compression }: InputFile): Uint8Array {
  if (compression === 'gzip') return gunzipSync(bytes);
  return compression === 'zstd' ? decompress(bytes) : bytes;
}

/** The text of a file in its declared encoding. @throws TypeError where it is not in it */
export function decode(bytes: Uint8Array, { encoding }: FileFormat): string {
  // the web's latin1 is windows-1252; that of Buffer is ISO 8859-1
  if (encoding === 'latin-1') return Buffer.from(bytes).toString('latin1');
  if (encoding !== 'utf-16') return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  const isBigEndian = bytes[0] === 0xfe && bytes[1] === 0xff;
  return new TextDecoder(isBigEndian ? 'utf-16be' : 'utf-16le', { fatal: true }).decode(bytes);
}

/** One record of a delimited text. */
interface TextRecord {
  readonly line: number;
  readonly cells: readonly string[];
  /** the file ended before the record's line did */
  readonly isCutShort: boolean;
}

/** csv-parse counts records and bytes; the physical lines on which records start are counted here. @throws CsvError */
export function splitRecords(
  text: string,
  { delimiter, quote }: FileFormat,
  relaxQuotes = false,
): TextRecord[] {
  const parsed = parse(text, {
    delimiter,
    quote,
    escape: quote,
    relax_quotes: relaxQuotes,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
  }) as unknown as { record: string[]; info: { bytes: number } }[];
  const bytes = Buffer.from(text);
  let start = 0;
  let line = 1;
  return parsed.map(({ record, info }) => {
    const raw = bytes.subarray(start, info.bytes).toString();
    const emptyLines = countLines(/^[\r\n]*/.exec(raw)?.[0] ?? '');
    const result = { line: line + emptyLines, cells: record, isCutShort: !raw.endsWith('\n') };
    start = info.bytes;
    line += countLines(raw);
    return result;
  });
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

function refusedFile(file: InputFile, message: string): Error {
  return refused({ file: file.shownAs, message });
}
