import { isUtf8 } from 'node:buffer';
import { type Problem, refused } from '../../domain/problem.ts';
import type { ColumnSpec, TableSpec } from '../../pipeline/pipeline.ts';
import type { InputFile } from './find-files.ts';
import { openText } from './open-text.ts';
import { faultOf, payloadValue } from './payload-value.ts';
import type { Header } from './read-header.ts';
import { scanRecords } from './scan-records.ts';
import { bytesOf, MAX_RECORD_BYTES, type ScannedRecord } from './scanned-record.ts';

/** One quarantined row: its location and the reason, and none of its values. */
export interface QuarantinedRow {
  readonly file: string;
  readonly line: number;
  /** name of the faulty column; empty where the row as a whole is at fault */
  readonly column: string;
  readonly reason: string;
}

/** One faulty row as it was delivered: for the eyes of the process that reads it, and never written or shown. */
export interface FaultyRecord {
  readonly location: { readonly file: string; readonly line: number };
  /** as UTF-8 bytes, as many as there are */
  readonly fields: readonly Buffer[];
  /** the names of the file's columns, in their order */
  readonly header: readonly string[];
  /** true of a row whose cells cannot be assigned to columns */
  readonly isUnparsed: boolean;
}

/**
 * Locates a file's faulty rows, by the plain rules, record by record.
 *
 * The row reader says only how many there are; this reads the file once more, and only when there are any. Both must
 * find the same numbers, of faulty rows and of all, or the run stops.
 *
 * @param columns the columns that are read
 * @param look is shown each of them, in the file's order
 * @throws TallystickError (exit 1) for a file that ends in mid-row, or where the two readings differ
 */
export async function locateFaults(
  file: InputFile,
  table: TableSpec,
  header: Header,
  columns: readonly ColumnSpec[],
  expected: { readonly rows: number; readonly unparsed: number; readonly misfit: number },
  look: (record: FaultyRecord) => void,
): Promise<QuarantinedRow[]> {
  const { encoding, delimiter, quote } = table.format;
  const found: QuarantinedRow[] = [];
  let unparsed = 0;
  let rows = -1; // the header is none
  const read = indexesOf(columns, header);
  const checked = indexesOf(
    table.columns.filter((column) => faultOf(column) !== null && columns.includes(column)),
    header,
  );
  for await (const record of scanRecords(openText(file, encoding), delimiter, quote)) {
    rows += 1;
    if (rows === 0) continue;
    const location = { file: file.shownAs, line: record.line };
    const structure = structureFault(record, header, read);
    if (structure !== null) {
      if (record.endsFile && (record.badQuote || record.fieldCount < header.names.length)) {
        throw refused({
          ...location,
          message: 'the file ends in mid-row',
          wayOut: 'ask for the file again, whole',
        });
      }
      unparsed += 1;
      found.push({ ...location, ...structure });
      look({ location, fields: record.fields, header: header.names, isUnparsed: true });
      continue;
    }
    const misfit = firstMisfit(record, checked);
    if (misfit === null) continue;
    found.push({ ...location, ...misfit });
    look({ location, fields: record.fields, header: header.names, isUnparsed: false });
  }
  if (
    rows !== expected.rows ||
    unparsed !== expected.unparsed ||
    found.length - unparsed !== expected.misfit
  ) {
    throw refused(...disagreement(file, found));
  }
  return found;
}

/** A column and its index in the header of a file. */
export interface ColumnIndex {
  readonly column: ColumnSpec;
  readonly index: number;
}

/** The indexes of these columns in a file; -1 for a column that is missing. They are looked up once a file. */
export function indexesOf(columns: readonly ColumnSpec[], header: Header): ColumnIndex[] {
  return columns.map((column) => ({ column, index: header.names.indexOf(column.name) }));
}

/** Why a record cannot be parsed; null if it can. What its cells say is another matter. */
export function structureFault(
  record: ScannedRecord,
  header: Header,
  read: readonly ColumnIndex[],
): { column: string; reason: string } | null {
  if (record.badQuote) return { column: '', reason: 'unbalanced quote' };
  const width = header.names.length;
  if (record.fieldCount < width) return { column: '', reason: 'too few columns' };
  if (record.fieldCount > width && record.fields.slice(width).some((field) => field.length > 0)) {
    return { column: '', reason: 'too many columns' }; // empty cells behind the last column mean nothing
  }
  if (record.bytesAtMost > MAX_RECORD_BYTES && bytesOf(record.fields) > MAX_RECORD_BYTES) {
    return { column: '', reason: 'row too long' };
  }
  if (record.isUtf8) return null;
  for (const { column, index } of read) {
    const field = record.field(index);
    if (field !== undefined && !isUtf8(field))
      return { column: column.name, reason: 'not in the declared encoding' };
  }
  return null;
}

/** The first of these columns whose cell does not fit; rows are counted once. */
function firstMisfit(
  record: ScannedRecord,
  checked: readonly ColumnIndex[],
): { column: string; reason: string } | null {
  for (const { column, index } of checked) {
    const cell = payloadValue(column, record.field(index)?.toString('utf8') ?? null);
    if ('fault' in cell) return { column: column.name, reason: cell.fault };
  }
  return null;
}

/** What is wrong with a file in which the two readings find different rows. */
function disagreement(file: InputFile, found: readonly QuarantinedRow[]): Problem[] {
  const first = found[0];
  return [
    {
      file: file.shownAs,
      ...(first === undefined ? {} : { line: first.line }),
      message: 'faulty quoting makes it uncertain where rows begin and end',
      wayOut: 'check the declared delimiter and quote, and the quoting from this line on',
    },
  ];
}
