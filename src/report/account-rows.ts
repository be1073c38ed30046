import type { DropReason, Receipt } from '../domain/receipt.ts';

/** The account of a source's rows. The parts add up to `rowsIn`. */
export interface RowAccount {
  readonly source: string;
  readonly rowsIn: number;
  readonly quarantined: number;
  /** GP rows that point at a quarantined row */
  readonly patientQuarantined: number;
  /** type 1, type 2 and national together */
  readonly optedOut: number;
  readonly heldBack: number;
  readonly orphaned: number;
  readonly sensitive: number;
  /** rows that are used for linkage only: patients, who become persons, and tables outside the allow-list */
  readonly linkedOnly: number;
  readonly released: number;
}

const OPT_OUTS: readonly DropReason[] = ['type-1-opt-out', 'type-2-opt-out', 'national-opt-out'];

/** Adds receipts up by source, in the order in which sources are released: that of the pipeline file. */
export function accountRows(receipts: readonly Receipt[]): RowAccount[] {
  const inOrder = [...receipts.filter(({ stage }) => stage === 'release'), ...receipts];
  const sources = [...new Set(inOrder.map(({ source }) => source))];
  return sources.map((source) => {
    const own = receipts.filter((receipt) => receipt.source === source);
    const tokenised = own.filter(({ stage }) => stage === 'tokenise');
    const released = own.filter(({ stage }) => stage === 'release');
    const isReleased = new Set(released.map(({ table }) => table));
    const dropped = (...reasons: DropReason[]) =>
      sum(own.flatMap((one) => reasons.map((why) => one.dropped[why] ?? 0)));
    return {
      source,
      rowsIn: sum(tokenised.map(({ rowsIn }) => rowsIn)),
      quarantined: dropped('quarantined'),
      patientQuarantined: dropped('patient-quarantined'),
      optedOut: dropped(...OPT_OUTS),
      heldBack: dropped('held-back'),
      orphaned: dropped('orphan'),
      sensitive: dropped('sensitive-code'),
      linkedOnly: sum(tokenised.filter(({ table }) => !isReleased.has(table)).map(({ rowsOut }) => rowsOut)),
      released: sum(released.map(({ rowsOut }) => rowsOut)),
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
