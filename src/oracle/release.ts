import { comparesUnderNhsNumber } from '../domain/match-rank.ts';
import { refused } from '../domain/problem.ts';
import type { DroppedRows, DropReason, Receipt } from '../domain/receipt.ts';
import { payloadType } from '../domain/role.ts';
import type { ColumnSpec, Pipeline, ReleasedColumn, TableSpec } from '../pipeline/pipeline.ts';
import { coarsen } from './coarsen.ts';
import type { Fate } from './decide.ts';
import { type MasterKeys, recordPseudonym } from './recipes.ts';
import { columnOf, type StandardRow, type Value } from './standardise.ts';
import type { KeptTable } from './stop-at-boundary.ts';
import { subjectId, subjectOf } from './subjects.ts';

/** A released row: pseudonym, match rank, and the allowed columns after their rules. */
export type ReleasedRow = Readonly<Record<string, Value>>;

/** The result for one table. */
export interface ReleasedTable {
  readonly table: TableSpec;
  /** the stored rows that may be released, with their persons */
  readonly records: readonly { readonly row: StandardRow; readonly fate: Fate }[];
  /** in their final order; empty where the table is not on the allow-list */
  readonly rows: readonly ReleasedRow[];
  readonly receipt: Receipt;
}

/** The inputs of a release besides the rows. */
export interface ReleaseContext {
  readonly pipeline: Pipeline;
  readonly keys: MasterKeys;
  /** by `subjectId` */
  readonly fates: ReadonlyMap<string, Fate>;
  readonly isSensitive: (row: StandardRow, table: TableSpec) => boolean;
}

/**
 * Finds the person of each row, drops rows that must not be released, coarsens and sorts the rest.
 *
 * @param tables each after the one it points at
 * @throws TallystickError (exit 1) for a record id that leads to more than one person
 */
export function releaseTables(tables: readonly KeptTable[], context: ReleaseContext): ReleasedTable[] {
  const recordFates = new Map<string, ReadonlyMap<string, Fate>>();
  return tables.map(({ table, rows }) => {
    const fates = rows.map((row) => fateOf(row, table, context, recordFates));
    const isPointedAt = tables.some(
      (other) => columnOf(other.table, 'parent-key')?.references === table.name,
    );
    if (isPointedAt) recordFates.set(table.name, fatesOfRecords(table, rows, fates));
    const decided = rows.map((row, index) => {
      const fate = fates[index]!;
      const isSensitive = fate.reason === null && context.isSensitive(row, table);
      return { row, fate: isSensitive ? drop('sensitive-code') : fate };
    });
    const records = decided.filter(({ fate }) => fate.reason === null);
    const dropped: DroppedRows = {};
    for (const { fate } of decided) {
      if (fate.reason !== null) dropped[fate.reason] = (dropped[fate.reason] ?? 0) + 1;
    }
    return {
      table,
      records,
      rows: releaseRows(table, records, context),
      receipt: {
        stage: 'release',
        source: table.source,
        table: table.name,
        rowsIn: rows.length,
        rowsOut: records.length,
        dropped,
      },
    };
  });
}

/** A row belongs to the person of its own identifiers, of its patient, or of the record it points at. */
function fateOf(
  row: StandardRow,
  table: TableSpec,
  context: ReleaseContext,
  recordFates: ReadonlyMap<string, ReadonlyMap<string, Fate>>,
): Fate {
  const parent = columnOf(table, 'parent-key');
  if (parent !== undefined) return recordFates.get(parent.references!)!.get(row.parentKey!) ?? drop('orphan');
  const subject = subjectOf(row, table);
  if (subject === null) return drop('held-back');
  return context.fates.get(subjectId(table.source, subject.own)) ?? drop('orphan');
}

function drop(reason: DropReason): Fate {
  return { person: null, matchRank: 0, matchProbability: null, linkageWeight: null, reason };
}

/** Records that other rows can point at: only those with a subject or a parent. */
function fatesOfRecords(
  table: TableSpec,
  rows: readonly StandardRow[],
  fates: readonly Fate[],
): ReadonlyMap<string, Fate> {
  const byId = new Map<string, Fate>();
  for (const [index, { recordId }] of rows.entries()) {
    const fate = fates[index]!;
    const hasSubject = subjectOf(rows[index]!, table) !== null || columnOf(table, 'parent-key') !== undefined;
    if (fate.reason === 'orphan' || !hasSubject) continue;
    const other = byId.get(recordId!) ?? fate;
    const isSame =
      other.person === fate.person && other.matchRank === fate.matchRank && other.reason === fate.reason;
    if (!isSame) throw refused({ file: table.name, message: 'a record id leads to more than one person' });
    byId.set(recordId!, {
      ...fate,
      matchProbability: lesser(fate.matchProbability, other.matchProbability),
      linkageWeight: lesser(fate.linkageWeight, other.linkageWeight),
    });
  }
  return byId;
}

/** The smaller of two probabilities or weights; null, where nothing had to be linked, does not count. */
function lesser(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

function releaseRows(
  table: TableSpec,
  records: ReleasedTable['records'],
  context: ReleaseContext,
): ReleasedRow[] {
  const released = context.pipeline.release.tables.find((one) => one.table === table.name);
  if (released === undefined) return [];
  const hasProbability = comparesUnderNhsNumber(context.pipeline.link.ranks);
  const specs = released.columns.map(({ name }) => table.columns.find((column) => column.name === name)!);
  const made = records.map(({ row, fate }) => {
    const cells = released.columns.map(({ name, rule }, index): [string, Value] => [
      name,
      releasedValue(row, specs[index]!, rule, table, context),
    ]);
    return {
      person: fate.person,
      match_rank: fate.matchRank,
      ...(hasProbability ? { match_probability: fate.matchProbability } : {}),
      ...(context.pipeline.release.linkageWeights ? { linkage_weight: fate.linkageWeight } : {}),
      ...Object.fromEntries(cells),
    } as ReleasedRow;
  });
  // by released values only: the order of rows must not reveal more than the rows do
  const dated = specs.filter(({ name }) => name === table.date);
  return made.sort(
    (a, b) =>
      byText(String(a['person']), String(b['person'])) ||
      [...dated, ...specs].reduce((order, spec) => order || compareCells(a, b, spec), 0) ||
      compare(a['match_rank']!, b['match_rank']!) ||
      compare(a['match_probability'] ?? null, b['match_probability'] ?? null) ||
      compare(a['linkage_weight'] ?? null, b['linkage_weight'] ?? null),
  );
}

function releasedValue(
  row: StandardRow,
  column: ColumnSpec,
  rule: ReleasedColumn['rule'],
  table: TableSpec,
  { pipeline, keys }: ReleaseContext,
): Value {
  const { agreement } = pipeline.release;
  if (column.role === 'record-id') return recordPseudonym(table.name, row.recordId!, agreement, keys);
  if (column.role === 'parent-key')
    return recordPseudonym(column.references!, row.parentKey!, agreement, keys);
  const value = coarsen(row.values[column.name] ?? null, rule);
  return column.role === 'timestamp' && typeof value === 'string' ? value.replace(' ', 'T') : value;
}

function compareCells(a: ReleasedRow, b: ReleasedRow, { name, role }: ColumnSpec): number {
  const [left, right] = [a[name] ?? null, b[name] ?? null];
  return payloadType(role) === 'token' ? byHash(String(left), String(right)) : compare(left, right);
}

/** Numbers by size, texts by their bytes in UTF-8, null last. */
export function compare(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return typeof a === 'number' ? a - Number(b) : byText(a, String(b));
}

function byText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Hashes have no meaningful order; theirs is that of their halves as little-endian numbers. */
function byHash(a: string, b: string): number {
  const halves = (hex: string) => [0, 8].map((at) => Buffer.from(hex, 'hex').readBigUInt64LE(at));
  const [[highA, lowA], [highB, lowB]] = [halves(a), halves(b)];
  if (highA !== highB) return highA! < highB! ? -1 : 1;
  return lowA === lowB ? 0 : lowA! < lowB! ? -1 : 1;
}
