import type { HeldReason } from '../../domain/held-reason.ts';
import type { DroppedRows, DropReason } from '../../domain/receipt.ts';

/** The rows of a table that are not released. */
export interface RowsLeftOut {
  /** by the reason of their person that counts, at its index in the declared order */
  readonly held: readonly number[];
  /** those of them that would be released without this reason: it is the only one, and they have no sensitive code */
  readonly alone: readonly number[];
  /** with a sensitive code, of a person who is released */
  readonly sensitive: number;
  /** nothing on them could be hashed, so that their person is unknown */
  readonly unknown: number;
  readonly orphaned: number;
}

/** The same as a receipt has it: reasons that are named alike are added up, and those without rows are left out. */
export function droppedRows(
  { held, sensitive, unknown, orphaned }: RowsLeftOut,
  reasons: readonly HeldReason[],
): Readonly<DroppedRows> {
  const counts: readonly (readonly [DropReason, number])[] = [
    ...reasons.map(({ receipt }, index) => [receipt, held[index]!] as const),
    ['sensitive-code', sensitive],
    ['held-back', unknown],
    ['orphan', orphaned],
  ];
  const dropped: DroppedRows = {};
  for (const [reason, rows] of counts) if (rows > 0) dropped[reason] = (dropped[reason] ?? 0) + rows;
  return dropped;
}
