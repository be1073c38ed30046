import type { OptOutEvent } from '../../domain/opt-out.ts';
import type { Problem } from '../../domain/problem.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import type { Header } from '../extract/read-header.ts';
import type { SoughtColumn } from '../extract/row-finders.ts';
import type { ScannedRecord } from '../extract/scanned-record.ts';

/** An opt-out event, and the owner that its row names; null where it names none. */
export interface RecordedEvent {
  readonly owner: string | null;
  readonly event: OptOutEvent;
  /** how the record states it: in a code, in a flag, or by the practice that it names */
  readonly origin: 'code' | 'flag' | 'practice';
}

/** Reads the opt-outs of one kind, codes or flags, from the records of a table that state any. */
export interface RecordedReader {
  /** the columns in which they are stated */
  readonly sought: readonly SoughtColumn[];
  /** every column that is read of such a record, the owner's excepted */
  readonly columns: readonly ColumnSpec[];
  /** for the records of one file; what each states goes into `events` */
  inFile(shownAs: string, cellOf: CellOf, events: RecordedEvent[]): FileReader;
}

/** The text of a record's cell in one of the columns that are read. */
export type CellOf = (record: ScannedRecord, column: string) => string;

/** Cells of a file's records by the name of their column. */
export function cellsOf({ names }: Header): CellOf {
  const indexes = new Map(names.map((name, index) => [name, index]));
  return (record, column) => record.field(indexes.get(column)!)!.toString('utf8');
}

export interface FileReader {
  /** @param owner of the record, as its row names it; null where it names none */
  found(record: ScannedRecord, owner: string | null): void;
  unparsed(record: ScannedRecord): void;
  /** why the run is refused, once the file has been read */
  problems(): Problem[];
}
