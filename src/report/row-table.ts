import type { Receipt } from '../domain/receipt.ts';
import { accountRows, type RowAccount } from './account-rows.ts';
import { formatCount } from './format.ts';
import { left, right, textTable } from './text-table.ts';

/** Columns of the table, in the order in which a row may leave. `always`: shown even where it is zero everywhere. */
const COLUMNS: readonly { heading: string; of: (row: RowAccount) => number; always: boolean }[] = [
  { heading: 'rows in', of: ({ rowsIn }) => rowsIn, always: true },
  { heading: 'quarantined', of: ({ quarantined }) => quarantined, always: true },
  { heading: 'patient quarantined', of: ({ patientQuarantined }) => patientQuarantined, always: false },
  { heading: 'opted out', of: ({ optedOut }) => optedOut, always: true },
  { heading: 'practice', of: ({ practice }) => practice, always: false },
  { heading: 'protected', of: (row) => row.protected, always: false },
  { heading: 'held back', of: ({ heldBack }) => heldBack, always: true },
  { heading: 'orphaned', of: ({ orphaned }) => orphaned, always: false },
  { heading: 'sensitive', of: ({ sensitive }) => sensitive, always: true },
  { heading: 'erased', of: ({ erased }) => erased, always: false },
  { heading: 'linked only', of: ({ linkedOnly }) => linkedOnly, always: false },
  { heading: 'released', of: ({ released }) => released, always: true },
];

/** One line for each source: rows in, rows dropped by reason, rows released; each line adds up. */
export function rowTable(receipts: readonly Receipt[]): string[] {
  const accounts = accountRows(receipts);
  const shown = COLUMNS.filter(({ of, always }) => always || accounts.some((row) => of(row) > 0));
  return textTable(
    [left('source'), ...shown.map(({ heading }) => right(heading))],
    accounts.map((row) => [row.source, ...shown.map(({ of }) => formatCount(of(row)))]),
  );
}
