import { bug } from '../../../domain/problem.ts';
import type { ScannedTable } from '../../../engine/scanned-table.ts';
import { personColumn } from '../../publish/output-plans.ts';
import type { OutputPlan } from '../../publish/write-table.ts';
import { type BatchRange, type CountedRows, TableCounts } from './count-rows.ts';
import { ExclusionCheck } from './exclusion-check.ts';
import { type GatheredRows, gatheredBytes } from './gather-rows.ts';
import type { PersonRange } from './person-ranges.ts';
import type { Rooms } from './rooms.ts';
import { fileColumns, gatheredColumns, type RowRelease } from './row-layout.ts';
import { columnIndex } from './row-owners.ts';
import type { OnBatch } from './sorted-rows.ts';
import { type TableInput, type TableRows, type TextRanksOf, textColumns } from './table-rows.ts';
import { type ReleasedTexts, UsedTexts } from './used-texts.ts';

/** Whoever reads parts of a table: this thread, or several others. Parts may be asked for at once. */
export type PartReader = Pick<TableRows, 'count' | 'sort'>;

/** A table whose rows are counted. */
export interface CountedTable extends CountedRows {
  /** by released column: what its texts are released as; null where it has other values */
  readonly texts: readonly (ReleasedTexts | null)[];
}

/**
 * Says what becomes of each row of a table, a part of it after another or at once.
 *
 * @param partRows rows of a part, and those of a batch more
 */
export async function countRows(
  { release, table, checked, rowsOf }: TableInput,
  reader: PartReader,
  partRows: number,
  onBatch: OnBatch,
): Promise<CountedTable> {
  const columns = textColumns(release);
  const used = columns.map(({ spec }) => new UsedTexts(table, columnIndex(table, spec.name)));
  const counts = new TableCounts(rowsOf, new ExclusionCheck(table, checked), used);
  const asked = batchRanges(table, partRows).map((batches) => reader.count(batches, onBatch));
  for (const counted of await Promise.all(asked)) counts.add(counted);
  const texts = release.columns.map((column) => {
    const index = columns.indexOf(column);
    return index < 0 ? null : used[index]!.under(column.rule);
  });
  return { ...counts.finish(table.rows), texts };
}

function batchRanges(table: ScannedTable, partRows: number): BatchRange[] {
  const ranges: BatchRange[] = [];
  let first = 0;
  let rows = 0;
  for (let batch = 0; batch < table.batches; batch += 1) {
    rows += table.rowsOf(batch);
    if (rows < partRows && batch + 1 < table.batches) continue;
    ranges.push({ first, end: batch + 1 });
    first = batch + 1;
    rows = 0;
  }
  return ranges;
}

/** The columns of the file. @param pseudonyms of all persons */
export function fileOutputs(
  release: RowRelease,
  { texts }: Pick<CountedTable, 'texts'>,
  pseudonyms: Uint8Array,
): OutputPlan[] {
  const links = release.table.links.length;
  const outputs = fileColumns(release).map((column, index): OutputPlan => {
    const nullable = release.table.links[index]?.isNullable ?? true;
    if (column.type !== 'dictionary') return { column, kind: { kind: column.type }, nullable };
    const released = texts[index - links] ?? null;
    if (released === null) throw bug(`the column ${column.name} has no texts`);
    return { column, kind: { kind: 'dictionary', values: released.texts }, nullable };
  });
  return [personColumn(pseudonyms), ...outputs];
}

/**
 * The rows of ranges of persons, in the order of the ranges. As many are read at once as there is room for; a range is valid until the next is asked
 * for.
 */
export async function* sortRanges(
  release: RowRelease,
  { texts }: Pick<CountedTable, 'texts'>,
  ranges: readonly PersonRange[],
  reader: PartReader,
  rooms: Rooms,
  onBatch: OnBatch,
): AsyncGenerator<GatheredRows, void, undefined> {
  const gathered = gatheredColumns(release);
  const ranks: TextRanksOf = texts.map((one) => one?.rankOf ?? null);
  const asked = ranges.map(async (range) =>
    reader.sort(range, ranks, await rooms.take(gatheredBytes(gathered, range.rows)), onBatch),
  );
  // each is awaited in its turn, unless one before it has failed
  for (const one of asked) one.catch(() => undefined);
  for (const one of asked) {
    const rows = await one;
    yield rows;
    rooms.giveBack(rows.room);
  }
}
