import { refused } from '../domain/problem.ts';
import type { OptOuts } from './collect-opt-outs.ts';
import type { DeliveredTable } from './read-files.ts';
import { columnOf, keyText, type StandardTable } from './standardise.ts';

/**
 * A coded type 2 or national opt-out counts for an NHS number. Where the row of its patient is in quarantine and has no valid number,
 * or may be a row with an unreadable key, the patient's records in other sources could be released.
 *
 * @throws TallystickError (exit 1)
 */
export function checkUnreadOptOuts(
  tables: readonly StandardTable[],
  delivered: readonly DeliveredTable[],
  { unnumbered }: OptOuts,
): void {
  for (const { source, patientKey } of unnumbered) {
    const index = tables.findIndex(({ table }) => table.kind === 'patients' && table.source === source);
    if (index < 0) continue;
    const { table, misfits, unparsed } = tables[index]!;
    const key = columnOf(table, 'patient-key');
    const isRead = delivered[index]!.rows.some((row) => keyText(row, key) === patientKey);
    const isAnyKeyUnknown = unparsed > 0 || misfits.some((row) => row.patientKey === null);
    const isQuarantined = misfits.some((row) => row.patientKey === patientKey);
    if (isQuarantined || (!isRead && isAnyKeyUnknown))
      throw refused({ file: table.name, message: 'an opt-out is of a patient who cannot be read' });
  }
}
