import type { OptOuts } from './collect-opt-outs.ts';
import { columnOf, type StandardRow, type StandardTable } from './standardise.ts';

/** A table above the identity boundary, after type 1. */
export interface KeptTable extends StandardTable {
  readonly stopped: number;
}

/**
 * Type 1 opt-outs stop GP rows: those of the patient, and those that point at one of them. A row is known by its NHS
 * number, by the key of a patient who was stopped, or by the id of a record that was stopped.
 *
 * @param tables patients tables first, then each table behind the one it points at
 */
export function stopTypeOne(tables: readonly StandardTable[], optOuts: OptOuts): KeptTable[] {
  const stoppedPatients = new Set<string>();
  const stoppedRecords = new Set<string>();
  return tables.map((standard) => {
    const { table } = standard;
    if (table.setting !== 'gp') return { ...standard, stopped: 0 };
    const patient = ({ patientKey }: StandardRow) => `${table.source} ${patientKey}`;
    const parentTable = columnOf(table, 'parent-key')?.references;
    const isStopped = (row: StandardRow) =>
      (row.nhsNumber !== null && optOuts.ofNhsNumber(row.nhsNumber, 'type-1')) ||
      (row.patientKey !== null &&
        (stoppedPatients.has(patient(row)) || optOuts.ofPatient(table.source, row.patientKey, 'type-1'))) ||
      (row.parentKey !== null && stoppedRecords.has(`${parentTable} ${row.parentKey}`));
    const kept: StandardRow[] = [];
    for (const row of standard.rows) {
      if (!isStopped(row)) {
        kept.push(row);
        continue;
      }
      if (row.patientKey !== null) stoppedPatients.add(patient(row));
      if (row.recordId !== null) stoppedRecords.add(`${table.name} ${row.recordId}`);
    }
    return { ...standard, rows: kept, stopped: standard.rows.length - kept.length };
  });
}
