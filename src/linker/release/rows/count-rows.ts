import type { DropReason } from '../../../domain/receipt.ts';
import type { ScannedTable } from '../../../engine/scanned-table.ts';
import { PERSON_REASONS } from '../../opt-outs/steps.ts';
import type { ExclusionCheck } from './exclusion-check.ts';
import type { Owners } from './owners.ts';
import { NO_OWNER, ORPHAN, PERSON_LEFT_OUT, type RowOwners, SENSITIVE } from './row-owners.ts';
import type { SeenDays } from './seen-days.ts';
import type { UsedTexts } from './used-texts.ts';

/** What becomes of the rows of a table. */
export interface CountedRows {
  /** number of released rows of each person */
  readonly rowsOf: Int32Array;
  readonly rowsOut: number;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/** What is found out while rows are counted. */
export interface Witnesses {
  readonly check: ExclusionCheck;
  readonly texts: readonly UsedTexts[];
  /** the days, and the column that has them; null where nobody asks */
  readonly seen: { readonly days: SeenDays; readonly column: number } | null;
}

/**
 * The first time that a table's rows are read: by whom they are, and by nothing that is released of them but its texts and days.
 *
 * @param persons how many are released
 * @param onBatch awaited before each batch: throws where the run is stopped
 * @throws a bug where rows with a sensitive code and rows that are left out because of one are not the same
 */
export async function countRows(
  table: ScannedTable,
  owners: Owners,
  rowOwners: RowOwners,
  persons: number,
  { check, texts, seen }: Witnesses,
  onBatch: (rows: number) => Promise<void>,
): Promise<CountedRows> {
  const rowsOf = new Int32Array(persons);
  /** by `- 1 - why` */
  const leftOut = new Float64Array(-PERSON_LEFT_OUT + 128);
  for (let batch = 0; batch < table.batches; batch += 1) {
    await onBatch(table.rowsOf(batch));
    const found = rowOwners.of(batch);
    tally(found, owners.persons, rowsOf, leftOut);
    check.read(batch, found);
    for (const one of texts) one.read(batch, found);
    seen?.days.read(table, batch, seen.column, found, owners.persons);
  }
  check.finish();
  return { rowsOf, rowsOut: rowsOf.reduce((sum, rows) => sum + rows, 0), dropped: droppedBy(leftOut) };
}

function tally(found: Int32Array, persons: Int32Array, rowsOf: Int32Array, leftOut: Float64Array): void {
  for (let row = 0; row < found.length; row += 1) {
    const owner = found[row]!;
    if (owner < 0) leftOut[-1 - owner]! += 1;
    else rowsOf[persons[owner]!]! += 1;
  }
}

function droppedBy(leftOut: Float64Array): CountedRows['dropped'] {
  const rowsLeftOut = (why: number) => leftOut[-1 - why]!;
  const counts: readonly (readonly [DropReason, number])[] = [
    ...Object.entries(PERSON_REASONS).map(
      ([reason, word]) => [word, rowsLeftOut(PERSON_LEFT_OUT - Number(reason))] as const,
    ),
    ['sensitive-code', rowsLeftOut(SENSITIVE)],
    ['held-back', rowsLeftOut(NO_OWNER)], // nothing on them could be hashed, so that nobody knows whose they are
    ['orphan', rowsLeftOut(ORPHAN)],
  ];
  const dropped: Partial<Record<DropReason, number>> = {};
  for (const [reason, rows] of counts) if (rows > 0) dropped[reason] = (dropped[reason] ?? 0) + rows;
  return dropped;
}
