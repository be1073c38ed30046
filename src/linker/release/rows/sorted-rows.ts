import { bug } from '../../../domain/problem.ts';
import type { ScannedTable } from '../../../engine/scanned-table.ts';
import type { Owners } from './owners.ts';
import type { PersonRange } from './person-ranges.ts';
import type { RangeMemory } from './range-memory.ts';
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
  /** indexes in `columns`, in the order in which they decide the order of a person's rows */
  readonly keys: readonly number[];
  /** for the ranks: what is read is valid until the next range is */
  readonly memory: RangeMemory;
}

/**
 * Reads the released rows of a range of persons: each row goes to its person at once, and then the few rows of each person are sorted.
 *
 * @param rowsOf number of released rows of each person
 * @param onBatch awaited before each batch: throws where the run is stopped
 */
export async function readSortedRows(
  { table, owners, rowOwners, columns, keys, memory }: RowSources,
  range: PersonRange,
  rowsOf: Int32Array,
  onBatch: OnBatch,
): Promise<SortedRows> {
  const starts = startsOf(rowsOf, range);
  const next = starts.slice();
  const batchRows = largestBatch(table);
  const room: AskedRows = { rows: new Int32Array(batchRows), targets: new Int32Array(batchRows) };
  const read = columns.map((_, index) => memory.ints(index, range.rows));
  for (let batch = 0; batch < table.batches; batch += 1) {
    await onBatch(table.rowsOf(batch));
    const asked = askedRows(rowOwners.of(batch), owners.persons, range, next, room);
    for (const [index, column] of columns.entries()) column.read(batch, asked, read[index]!);
  }
  assertWhole(starts, next, table.name);
  const ranked = columns.map((column, index) => ({
    ranks: read[index]!,
    values: column.settle(read[index]!),
  }));
  const order = sortWithinPersons(
    starts,
    keys.map((key) => read[key]!),
  );
  return { range, starts, order, columns: ranked };
}

/** @throws a bug where a person has more or fewer rows than were counted: rows of others, or none, would be in their place */
function assertWhole(starts: Int32Array, next: Int32Array, table: string): void {
  for (let person = 0; person + 1 < starts.length; person += 1) {
    if (next[person] !== starts[person + 1]) {
      throw bug(`a person has other rows of ${table} than were counted`);
    }
  }
}

function startsOf(rowsOf: Int32Array, { first, end }: PersonRange): Int32Array {
  const starts = new Int32Array(end - first + 1);
  for (let person = first; person < end; person += 1) {
    starts[person - first + 1] = starts[person - first]! + rowsOf[person]!;
  }
  return starts;
}

function largestBatch(table: ScannedTable): number {
  let most = 0;
  for (let batch = 0; batch < table.batches; batch += 1) most = Math.max(most, table.rowsOf(batch));
  return most;
}

/**
 * The rows of a batch that are of persons of the range, and where they go.
 *
 * @param next where the next row of each person goes
 * @param room memory for them, which is used again for the next batch
 */
function askedRows(
  owners: Int32Array,
  persons: Int32Array,
  { first, end }: PersonRange,
  next: Int32Array,
  { rows, targets }: AskedRows,
): AskedRows {
  let asked = 0;
  for (let row = 0; row < owners.length; row += 1) {
    const owner = owners[row]!;
    const person = owner < 0 ? -1 : persons[owner]!;
    if (person < first || person >= end) continue;
    rows[asked] = row;
    targets[asked] = next[person - first]!;
    next[person - first]! += 1;
    asked += 1;
  }
  return { rows: rows.subarray(0, asked), targets: targets.subarray(0, asked) };
}
