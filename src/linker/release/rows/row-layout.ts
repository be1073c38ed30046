import type { PlannedColumn } from '../../../domain/planned-column.ts';
import type { ReleasedColumn } from '../../de-identify/plan-column.ts';
import type { RecordTable } from '../steps.ts';
import { type GatheredColumn, gatheredBytes } from './gather-rows.ts';
import { LONG_BYTES, RANK_BYTES } from './rank-sources.ts';

/** What is released of a table of records. */
export interface TableRelease {
  readonly table: RecordTable;
  readonly columns: readonly ReleasedColumn[];
  /** the column that dates a record, or null */
  readonly date: string | null;
}

/** What rows need of it. */
export type RowRelease = Omit<TableRelease, 'table'> & {
  readonly table: Pick<RecordTable, 'parent' | 'links'>;
};

/** Whether its rows name a subject, or a record of another table by which they reach one. */
export function keyOf({ table }: RowRelease): 'subject' | 'parent' {
  return table.parent === null ? 'subject' : 'parent';
}

/** The columns of the file behind the person: those of the link, then those of the table. */
export function fileColumns({ table, columns }: RowRelease): readonly PlannedColumn[] {
  return [...table.links, ...columns.map(({ released }) => released)];
}

/**
 * Names of the columns by which a person's rows are sorted: the date, then all that are released, then the columns of the link. Never the
 * stored day: within a released month, the order of rows would give the order of their days.
 */
export function sortedBy({ table, columns, date }: RowRelease): string[] {
  const names = columns.map(({ released }) => released.name);
  return [
    ...names.filter((name) => name === date),
    ...names.filter((name) => name !== date),
    ...table.links.map(({ name }) => name),
  ];
}

/** The columns of the file behind the person, and the ranks that each is made from: of a hashed id the two halves. */
export function gatheredColumns(release: RowRelease): readonly GatheredColumn[] {
  let next = 0;
  return fileColumns(release).map(({ type }) => {
    const first = next;
    next += type === 'hex-token' ? 2 : 1;
    return { kind: type, from: type === 'hex-token' ? [first, first + 1] : [first] };
  });
}

/** Which ranks decide the order of a person's rows, the first most. */
export function keyColumns(release: RowRelease): readonly number[] {
  const gathered = gatheredColumns(release);
  const names = fileColumns(release).map(({ name }) => name);
  return sortedBy(release).flatMap((name) => gathered[names.indexOf(name)]!.from);
}

/** Rows in which what a few bytes of padding add to the columns is nothing. */
const MANY = 1 << 16;

/** Bytes that a row takes while it is in memory: its index, in each column a rank and perhaps a value of its own, and what is gathered of it. */
export function bytesOfRow(release: RowRelease): number {
  const gathered = gatheredColumns(release);
  // values of the link are kept once, with the owners
  const values = gathered.slice(release.table.links.length).filter(({ kind }) => LONG_KINDS.has(kind));
  const longs = values.reduce((sum, { from }) => sum + from.length, 0);
  const ranks = gathered.reduce((sum, { from }) => sum + from.length, 0);
  const sorted = (1 + ranks - longs) * RANK_BYTES + longs * LONG_BYTES;
  return sorted + RANK_BYTES + Math.ceil(gatheredBytes(gathered, MANY) / MANY);
}

/** Kinds of 8 bytes a row, or twice that. */
const LONG_KINDS: ReadonlySet<GatheredColumn['kind']> = new Set([
  'int64',
  'timestamp-us',
  'float64',
  'hex-token',
]);
