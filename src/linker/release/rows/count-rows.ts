import { MOST_REASONS } from '../../../domain/held-reason.ts';
import { bug } from '../../../domain/problem.ts';
import { ALONE } from '../../opt-outs/held-code.ts';
import type { RowsLeftOut } from '../../opt-outs/rows-left-out.ts';
import type { ExclusionCheck, ExclusionCounts } from './exclusion-check.ts';
import { NO_OWNER, ORPHAN, PERSON_LEFT_OUT, SENSITIVE } from './row-owners.ts';
import type { SeenDays } from './seen-days.ts';
import type { OnBatch, RowSources } from './sorted-rows.ts';
import type { UsedTexts } from './used-texts.ts';

/** What becomes of the rows of a table. */
export interface CountedRows {
  /** number of released rows of each person */
  readonly rowsOf: Int32Array;
  readonly rowsOut: number;
  readonly leftOut: RowsLeftOut;
}

/** What is found out while rows are counted. */
export interface Witnesses {
  readonly check: ExclusionCheck;
  readonly texts: readonly UsedTexts[];
  /** the days, and the column that has them; null where they are not asked for */
  readonly seen: { readonly days: SeenDays; readonly column: number } | null;
}

/** Batches `first` to `end` - 1 of a table. */
export interface BatchRange {
  readonly first: number;
  readonly end: number;
}

/** What becomes of the rows of some batches. */
export interface CountedBatches {
  readonly rows: number;
  /** rows that are not released, by `- 1 - why` */
  readonly leftOut: Float64Array;
  readonly check: ExclusionCounts;
  /** by text column: its texts that released rows have (`UsedTexts`) */
  readonly texts: readonly Uint8Array[];
}

/**
 * The first time that a table's rows are read: by whom they are, and by nothing that is released of them but its texts and days.
 *
 * @param rowsOf number of released rows of each person, to which those of the batches are added; several threads may do so at once
 * @param onBatch awaited before each batch: throws where the run is stopped
 */
export async function countBatches(
  { table, owners, rowOwners }: Pick<RowSources, 'table' | 'owners' | 'rowOwners'>,
  rowsOf: Int32Array,
  { check, texts, seen }: Witnesses,
  { first, end }: BatchRange,
  onBatch: OnBatch,
): Promise<CountedBatches> {
  const leftOut = new Float64Array(REASONS);
  let rows = 0;
  for (let batch = first; batch < end; batch += 1) {
    await onBatch(table.rowsOf(batch));
    const found = rowOwners.of(batch);
    rows += found.length;
    tally(found, owners.persons, rowsOf, leftOut);
    check.read(batch, found);
    for (const one of texts) one.read(batch, found);
    seen?.days.read(table, batch, seen.column, found, owners.persons);
  }
  return { rows, leftOut, check: check.counts, texts: texts.map(({ used }) => used) };
}

/** `- 1 - why` is below it for every reason why a row is left out. */
const REASONS = -PERSON_LEFT_OUT + 2 * ALONE;

/** An addition that no other thread disturbs waits for memory: rows of one owner, which are often beside each other, are added at once. */
function tally(found: Int32Array, persons: Int32Array, rowsOf: Int32Array, leftOut: Float64Array): void {
  for (let row = 0; row < found.length; ) {
    const owner = found[row]!;
    const first = row;
    do row += 1;
    while (row < found.length && found[row] === owner);
    if (owner < 0) leftOut[-1 - owner]! += row - first;
    else Atomics.add(rowsOf, persons[owner]!, row - first);
  }
}

/** Adds up what was counted in the batches of a table. */
export class TableCounts {
  readonly #rowsOf: Int32Array;
  readonly #check: ExclusionCheck;
  readonly #texts: readonly UsedTexts[];
  readonly #leftOut = new Float64Array(REASONS);

  /** @param rowsOf that of all batches */
  constructor(rowsOf: Int32Array, check: ExclusionCheck, texts: readonly UsedTexts[]) {
    this.#rowsOf = rowsOf;
    this.#check = check;
    this.#texts = texts;
  }

  add({ leftOut, check, texts }: CountedBatches): void {
    for (const [why, rows] of leftOut.entries()) this.#leftOut[why]! += rows;
    this.#check.add(check);
    for (const [index, one] of this.#texts.entries()) one.add(texts[index]!);
  }

  /**
   * What becomes of all rows.
   *
   * @param rows of the table
   * @throws a bug where rows with a sensitive code and rows that are left out because of one are not the same, or where rows were not counted
   */
  finish(rows: number): CountedRows {
    this.#check.finish();
    const rowsOut = this.#rowsOf.reduce((sum, more) => sum + more, 0);
    const counted = this.#leftOut.reduce((sum, more) => sum + more, rowsOut);
    if (counted !== rows) throw bug(`of ${rows} rows, ${counted} were counted`);
    return { rowsOf: this.#rowsOf, rowsOut, leftOut: leftOutBy(this.#leftOut) };
  }
}

function leftOutBy(counts: Float64Array): RowsLeftOut {
  const rowsLeftOut = (why: number) => counts[-1 - why]!;
  const rowsHeld = (code: number) => rowsLeftOut(PERSON_LEFT_OUT - code);
  const numbers = Array.from({ length: MOST_REASONS }, (_, index) => index + 1);
  const alone = numbers.map((number) => rowsHeld(number + ALONE));
  return {
    held: numbers.map((number, index) => rowsHeld(number) + alone[index]!),
    alone,
    sensitive: rowsLeftOut(SENSITIVE),
    unknown: rowsLeftOut(NO_OWNER),
    orphaned: rowsLeftOut(ORPHAN),
  };
}
