import type { ScannedTable } from '../../../engine/scanned-table.ts';
import type { Owners } from './owners.ts';
import type { PersonRange } from './person-ranges.ts';
import type { AskedRows, RankSource } from './rank-sources.ts';
import type { RankedValues } from './ranks.ts';
import type { RowOwners } from './row-owners.ts';
import { sortWithinPersons } from './sort-rows.ts';

/** The released rows of some persons, in memory. */
export interface SortedRows {
  readonly range: PersonRange;
  /** where the rows of each person of the range begin, and behind them where the last ends */
  readonly starts: Int32Array;
  /** indexes into the ranks, in the order in which rows are written */
  readonly order: Int32Array;
  /** by column */
  readonly columns: readonly { readonly ranks: Int32Array; readonly values: RankedValues }[];
}

/** Awaited before a batch of so many rows: throws where the run is stopped. */
export type OnBatch = (rows: number) => Promise<void>;

/** What a table's released rows are made from. */
export interface RowSources {
  readonly table: ScannedTable;
  readonly owners: Owners;
  readonly rowOwners: RowOwners;
  /** by column of the file */
  readonly columns: readonly RankSource[];
  /** places in `columns`, in the order in which they decide the order of a person's rows */
  readonly keys: readonly number[];
}

/**
 * Reads the released rows of a range of persons: each row goes to its person at once, and then the few rows of each person are sorted.
 *
 * @param rowsOf number of released rows of each person
 * @param onBatch awaited before each batch: throws where the run is stopped
 */
export async function readSortedRows(
  { table, owners, rowOwners, columns, keys }: RowSources,
  range: PersonRange,
  rowsOf: Int32Array,
  onBatch: OnBatch,
): Promise<SortedRows> {
  const starts = startsOf(rowsOf, range);
  const next = starts.slice();
  const read = columns.map(() => new Int32Array(range.rows));
  for (let batch = 0; batch < table.batches; batch += 1) {
    await onBatch(table.rowsOf(batch));
    const asked = askedRows(rowOwners.of(batch), owners.persons, range, next);
    for (const [at, column] of columns.entries()) column.read(batch, asked, read[at]!);
  }
  const ranked = columns.map((column, at) => ({ ranks: read[at]!, values: column.settle(read[at]!) }));
  const order = sortWithinPersons(
    starts,
    keys.map((key) => read[key]!),
  );
  return { range, starts, order, columns: ranked };
}

function startsOf(rowsOf: Int32Array, { first, end }: PersonRange): Int32Array {
  const starts = new Int32Array(end - first + 1);
  for (let person = first; person < end; person += 1) {
    starts[person - first + 1] = starts[person - first]! + rowsOf[person]!;
  }
  return starts;
}

/** The rows of a batch that are of persons of the range, and where they go. `next` is where the next row of each person goes. */
function askedRows(
  owners: Int32Array,
  persons: Int32Array,
  { first, end }: PersonRange,
  next: Int32Array,
): AskedRows {
  const rows = new Int32Array(owners.length);
  const places = new Int32Array(owners.length);
  let asked = 0;
  for (let row = 0; row < owners.length; row += 1) {
    const owner = owners[row]!;
    const person = owner < 0 ? -1 : persons[owner]!;
    if (person < first || person >= end) continue;
    rows[asked] = row;
    places[asked] = next[person - first]!;
    next[person - first]! += 1;
    asked += 1;
  }
  return { rows: rows.subarray(0, asked), places: places.subarray(0, asked) };
}
