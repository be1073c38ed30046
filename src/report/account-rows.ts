import { BUILT_IN_REASONS, type ReasonGroup } from '../domain/held-reason.ts';
import type { DropReason, Receipt } from '../domain/receipt.ts';

/** The account of a source's rows. The parts add up to `rowsIn`. */
export interface RowAccount {
  readonly source: string;
  readonly rowsIn: number;
  readonly quarantined: number;
  /** GP rows that point at a quarantined row */
  readonly patientQuarantined: number;
  /** what people decided: type 1, type 2, national and declared types together, and lists of those who may be used */
  readonly optedOut: number;
  /** the practice does not share, or the patient has left it */
  readonly practice: number;
  /** protected records, and test patients */
  readonly protected: number;
  readonly heldBack: number;
  readonly orphaned: number;
  readonly sensitive: number;
  /** rows of persons who were erased afterwards */
  readonly erased: number;
  /** rows that are used for linkage only: patients, who become persons, and tables outside the allow-list */
  readonly linkedOnly: number;
  readonly released: number;
}

/** Whether a receipt's reason is of one of these groups. A declared type, which has a slash, is a decision of a person. */
function isOf(...groups: readonly ReasonGroup[]): (receipt: string) => boolean {
  const names = new Set<string>(
    BUILT_IN_REASONS.flatMap(({ group, receipt }) => (groups.includes(group) ? [receipt] : [])),
  );
  return (receipt) => names.has(receipt) || (groups.includes('person') && receipt.startsWith('opt-out/'));
}

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
    const droppedIf = (isMeant: (reason: string) => boolean) =>
      sum(
        own.flatMap((one) =>
          Object.entries(one.dropped).flatMap(([why, rows]) => (isMeant(why) ? [rows] : [])),
        ),
      );
    return {
      source,
      rowsIn: sum(tokenised.map(({ rowsIn }) => rowsIn)),
      quarantined: dropped('quarantined'),
      patientQuarantined: dropped('patient-quarantined'),
      optedOut: droppedIf(isOf('person')),
      practice: droppedIf(isOf('practice', 'status')),
      protected: droppedIf(isOf('protection')),
      heldBack: dropped('held-back'),
      orphaned: dropped('orphan'),
      sensitive: dropped('sensitive-code'),
      erased: dropped('erased'),
      linkedOnly: sum(tokenised.filter(({ table }) => !isReleased.has(table)).map(({ rowsOut }) => rowsOut)),
      released: sum(released.map(({ rowsOut }) => rowsOut)),
    };
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
