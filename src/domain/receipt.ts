import { bug } from './problem.ts';

/** Why rows left a stage. The log, the report and the manifest use the same words. */
export type DropReason =
  | 'quarantined'
  | 'type-1-opt-out'
  /** of a GP patient whose row, or the record that leads to it, is in quarantine: it is unknown whether they opted out */
  | 'patient-quarantined'
  | 'type-2-opt-out'
  | 'national-opt-out'
  | 'held-back'
  | 'orphan'
  | 'sensitive-code';

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
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
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
