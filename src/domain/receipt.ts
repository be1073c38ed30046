import { type DeclaredDropReason, type HeldDropReason, heldWords } from './held-reason.ts';
import { bug } from './problem.ts';

/**
 * Why rows left a stage. The log, the report and the manifest use the same words: those of a reason why a row or its person is held
 * (held-reason.ts), and what is wrong with the row itself. A row is `erased` after the run or the store was made, with its person.
 */
export type DropReason = HeldDropReason | 'quarantined' | 'orphan' | 'sensitive-code' | 'erased';

const ROW_WORDS: Readonly<Record<Exclude<DropReason, HeldDropReason>, string>> = {
  quarantined: 'row that could not be read',
  orphan: 'points at a record that was not delivered',
  'sensitive-code': 'sensitive code',
  erased: 'person who was erased afterwards',
};

/** A reason, in words for people who read a report. */
export function dropReasonWords(reason: DropReason): string {
  return isAboutRow(reason) ? ROW_WORDS[reason] : heldWords(reason);
}

function isAboutRow(reason: DropReason): reason is keyof typeof ROW_WORDS {
  return Object.hasOwn(ROW_WORDS, reason);
}

/** Numbers of rows by reason; a reason without any is left out. */
export type DroppedRows = Partial<Record<Exclude<DropReason, DeclaredDropReason>, number>> &
  Record<DeclaredDropReason, number>;

/**
 * The account of one stage for one table: rows in, rows out, and each row in between with its reason.
 * A report is made from receipts only; they hold counts, never values.
 */
export interface Receipt {
  readonly stage: 'tokenise' | 'release';
  readonly source: string;
  readonly table: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly dropped: Readonly<DroppedRows>;
}

/** True when every row that came in either went out or was dropped for a stated reason. */
export function isBalanced(receipt: Receipt): boolean {
  const dropped = Object.values(receipt.dropped).reduce((sum, rows) => sum + rows, 0);
  return receipt.rowsIn === receipt.rowsOut + dropped;
}

/** @throws a bug when a receipt does not balance: rows were lost or added, and nothing may be published */
export function assertBalanced(receipts: readonly Receipt[]): void {
  for (const receipt of receipts) {
    if (!isBalanced(receipt)) {
      const { stage, source, table, rowsIn, rowsOut, dropped } = receipt;
      const reasons = JSON.stringify(dropped);
      throw bug(
        `the ${stage} receipt of ${source}.${table} does not balance: ${rowsIn} in, ${rowsOut} out, ${reasons}`,
      );
    }
  }
}
