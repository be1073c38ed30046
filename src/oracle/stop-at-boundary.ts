import { refused } from '../domain/problem.ts';
import type { OptOuts } from './collect-opt-outs.ts';
import { columnOf, type StandardRow, type StandardTable } from './standardise.ts';

/** A table above the identity boundary, without the rows that must not cross it. */
export interface KeptTable extends StandardTable {
  /** rows of patients with a type 1 opt-out */
  readonly optedOut: readonly StandardRow[];
  /** rows that point, directly or through others, at a row in quarantine */
  readonly patientQuarantined: readonly StandardRow[];
}

/** The key by which rows of other tables point at a row of this one. */
type PointedAt = 'patientKey' | 'recordId';

/**
 * Decides which GP rows stop. Type 1 opt-outs stop the patient's rows, and rows that point at one of them: a row is recognised by its
 * NHS number, by the key of a stopped patient, or by the id of a stopped record. For a row that points at one in quarantine it is
 * unknown whether its patient has opted out, so it stops as well.
 *
 * @param tables patients tables first, then each table after the one it points at
 * @throws TallystickError (exit 1) for a patient key that occurs twice
 */
export function stopAtBoundary(tables: readonly StandardTable[], optOuts: OptOuts): KeptTable[] {
  const done: KeptTable[] = [];
  for (const standard of tables) {
    const { table } = standard;
    if (table.setting !== 'gp') {
      done.push({ ...standard, optedOut: [], patientQuarantined: [] });
      continue;
    }
    const patients =
      table.kind === 'patients'
        ? undefined
        : done.find((one) => one.table.kind === 'patients' && one.table.source === table.source);
    const parent = done.find((one) => one.table.name === columnOf(table, 'parent-key')?.references);
    const hasOptedOut = ({ nhsNumber, patientKey, parentKey }: StandardRow) =>
      (nhsNumber !== null && optOuts.ofNhsNumber(nhsNumber, 'type-1')) ||
      (patientKey !== null && optOuts.ofPatient(table.source, patientKey, 'type-1')) ||
      (patientKey !== null && hasKey(patients?.optedOut, 'patientKey', patientKey)) ||
      (parentKey !== null && hasKey(parent?.optedOut, 'recordId', parentKey));
    const pointsAtQuarantined = ({ patientKey, parentKey }: StandardRow) =>
      (patientKey !== null && mayBeQuarantined(patients, 'patientKey', patientKey)) ||
      (parentKey !== null && mayBeQuarantined(parent, 'recordId', parentKey));
    const optedOut = standard.rows.filter(hasOptedOut);
    const others = standard.rows.filter((row) => !hasOptedOut(row));
    const patientQuarantined = others.filter(pointsAtQuarantined);
    const rows = others.filter((row) => !pointsAtQuarantined(row));
    if (table.kind === 'patients') checkKeys(standard, rows);
    done.push({ ...standard, rows, optedOut, patientQuarantined });
  }
  return done;
}

function hasKey(rows: readonly StandardRow[] | undefined, by: PointedAt, key: string): boolean {
  return rows?.some((row) => row[by] === key) ?? false;
}

/**
 * Whether a key may be that of a row in quarantine, or of one that points at such a row. If there is a row in quarantine with an
 * unknown key, this is true of every key that no accepted row has.
 */
function mayBeQuarantined(target: KeptTable | undefined, by: PointedAt, key: string): boolean {
  if (target === undefined) return false;
  const { rows, misfits, unparsed, patientQuarantined } = target;
  if (hasKey(misfits, by, key) || hasKey(patientQuarantined, by, key)) return true;
  const isAnyKeyUnknown = unparsed > 0 || misfits.some((row) => row[by] === null);
  return isAnyKeyUnknown && !hasKey(rows, by, key);
}

/** The owner of each record must be certain, also for patients who are stopped or in quarantine. */
function checkKeys({ table, rows, misfits }: StandardTable, letThrough: readonly StandardRow[]): void {
  const keys = rows.map(({ patientKey }) => patientKey!);
  const isTwice = new Set(keys).size < keys.length;
  if (isTwice || letThrough.some(({ patientKey }) => hasKey(misfits, 'patientKey', patientKey!)))
    throw refused({ file: table.name, message: 'a patient key occurs more than once' });
}
