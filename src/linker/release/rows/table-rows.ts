import { bug } from '../../../domain/problem.ts';
import type { ScannedTable } from '../../../engine/scanned-table.ts';
import { idToken, type ReleasedColumn } from '../../de-identify/plan-column.ts';
import type { PairHasher } from '../pseudonym-function.ts';
import { type BatchRange, type CountedBatches, countBatches } from './count-rows.ts';
import { type CodeColumn, ExclusionCheck } from './exclusion-check.ts';
import { type GatheredRows, gatherRows } from './gather-rows.ts';
import { hashedIds } from './hashed-ids.ts';
import type { Owners } from './owners.ts';
import type { PersonRange } from './person-ranges.ts';
import type { RangeMemory } from './range-memory.ts';
import { DayRanks, LinkRanks, LongRanks, type RankSource, storedLongs, TextRanks } from './rank-sources.ts';
import { gatheredColumns, keyColumns, keyOf, type RowRelease } from './row-layout.ts';
import { columnIndex, type ExcludedCodes, type KeptOwners, RowOwners } from './row-owners.ts';
import type { SeenDays } from './seen-days.ts';
import { type OnBatch, type RowSources, readSortedRows } from './sorted-rows.ts';
import { UsedTexts } from './used-texts.ts';

/** What the released rows of a table are made from. */
export interface TableInput {
  readonly release: RowRelease;
  readonly table: ScannedTable;
  readonly owners: Owners;
  /** where the owner of each row is kept; null where memory has no room */
  readonly kept: KeptOwners | null;
  readonly excluded: readonly ExcludedCodes[];
  /** looked through once more */
  readonly checked: readonly CodeColumn[];
  readonly hasher: PairHasher;
  /** number of released rows of each person, in memory that threads share: 0 before rows are counted */
  readonly rowsOf: Int32Array;
  /** is given the days of released rows; null where they are not asked for */
  readonly seen: SeenDays | null;
  /** of the thread that reads: no two ranges are in it at once */
  readonly memory: RangeMemory;
}

/** The released columns that hold texts. */
export function textColumns({ columns }: RowRelease): readonly ReleasedColumn[] {
  return columns.filter(({ stored }) => stored === 'text');
}

/** By released column: the rank of each of its texts (`ReleasedTexts`); null where it has other values. */
export type TextRanksOf = readonly (Int32Array | null)[];

/**
 * The released rows of a stored table, sorted by person, then by the released date, then by everything else that is released: by
 * nothing but released values, so that the order of the source is gone, it says nothing of its own, and the same rows always come
 * in the same order.
 *
 * Rows are read twice: to count them, and then to distribute them to their persons, whose few rows are sorted. The engine has no part in it.
 * Several threads may each have such an object of one table, and read parts of it at once: they share the arrays of `TableInput`.
 */
export class TableRows {
  readonly #input: TableInput;
  readonly #rowOwners: RowOwners;
  /** once the ranks of texts are known */
  #sources: readonly RankSource[] | null = null;
  #isSorting = false;

  constructor(input: TableInput) {
    const { release, table, owners, excluded, kept } = input;
    this.#input = input;
    this.#rowOwners = new RowOwners(table, owners, keyOf(release), excluded, kept);
  }

  /** Says what becomes of each row of some batches. */
  count(batches: BatchRange, onBatch: OnBatch): Promise<CountedBatches> {
    const { release, table, owners, checked, rowsOf, seen } = this.#input;
    const asked =
      seen === null || release.date === null
        ? null
        : { days: seen, column: columnIndex(table, release.date) };
    const witnesses = {
      check: new ExclusionCheck(table, checked),
      texts: textColumns(release).map(({ spec }) => new UsedTexts(table, columnIndex(table, spec.name))),
      seen: asked,
    };
    return countBatches({ table, owners, rowOwners: this.#rowOwners }, rowsOf, witnesses, batches, onBatch);
  }

  /**
   * The rows of some persons, as they are written. Every row must have been counted. Ranges are sorted one after another.
   *
   * @param texts those of all rows: the same at each call
   * @param room memory for what is gathered (`gatheredBytes`)
   * @throws a bug where another range is being sorted: values of both would be mixed up
   */
  async sort(
    range: PersonRange,
    texts: TextRanksOf,
    room: ArrayBuffer,
    onBatch: OnBatch,
  ): Promise<GatheredRows> {
    const { release, table, owners, rowsOf, memory } = this.#input;
    if (this.#isSorting) throw bug(`two ranges of ${table.name} are sorted at once`);
    this.#isSorting = true;
    this.#sources ??= this.#makeSources(texts);
    const keys = keyColumns(release);
    const [rowOwners, columns] = [this.#rowOwners, this.#sources];
    const rows: RowSources = { table, owners, rowOwners, columns, keys, memory };
    const sorted = await readSortedRows(rows, range, rowsOf, onBatch);
    this.#isSorting = false;
    return gatherRows(sorted, gatheredColumns(release), room);
  }

  /** In the order of `gatheredColumns`. */
  #makeSources(texts: TextRanksOf): RankSource[] {
    const { release, owners } = this.#input;
    return [
      ...release.table.links.map((_, index) => new LinkRanks(this.#rowOwners, owners.links[index]!)),
      ...release.columns.flatMap((column, index) => this.#columnSources(column, texts[index]!)),
    ];
  }

  #columnSources({ spec, stored, rule }: ReleasedColumn, ranks: Int32Array | null): readonly RankSource[] {
    const { table, hasher } = this.#input;
    const index = () => columnIndex(table, spec.name);
    switch (stored) {
      case 'text':
        if (ranks === null) throw bug(`the texts of ${spec.name} have no ranks`);
        return [new TextRanks(table, index(), ranks)];
      case 'date':
        return [new DayRanks(table, index(), rule)];
      case 'timestamp':
        return rule.rule === 'keep'
          ? [new LongRanks(storedLongs(table, index(), 'timestamp'), 'int64')]
          : [new DayRanks(table, index(), rule)];
      case 'integer':
        return [new LongRanks(storedLongs(table, index(), 'bigint'), 'int64')];
      case 'decimal':
        return [new LongRanks(storedLongs(table, index(), 'double'), 'float64')];
      case 'token':
        return hashedIds(table, idToken(spec.role), hasher).map((half) => new LongRanks(half, 'uint64'));
    }
  }
}
