import type { HeldReason, ReasonName } from '../domain/held-reason.ts';
import { refused } from '../domain/problem.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { OptOuts } from './collect-opt-outs.ts';
import { columnOf, type StandardRow, type StandardTable } from './standardise.ts';

/** A row that must not cross the identity boundary. */
export interface StoppedRow {
  readonly row: StandardRow;
  /** why, and every other reason that is known for it: but that it points at a row in quarantine */
  readonly known: ReadonlySet<ReasonName>;
  /** it points, directly or through others, at a row in quarantine */
  readonly isLost: boolean;
  /** the reason that counts */
  readonly reason: HeldReason;
}

/** A table above the identity boundary, without the rows that must not cross it. */
export interface KeptTable extends StandardTable {
  readonly stopped: readonly StoppedRow[];
}

/** The key by which rows of other tables point at a row of this one. */
type PointedAt = 'patientKey' | 'recordId';

/**
 * Decides which GP rows stop. A reason that acts on GP records stops the patient's rows, and rows that point at one of them: a row is
 * recognised by its NHS number, by the key of a patient, or by the id of a stopped record. For a row that points at one in quarantine it
 * is unknown whether its patient has opted out, so it stops as well. A stopped row counts under the first of its reasons in the order.
 *
 * @param tables patients tables first, then each table after the one it points at
 * @throws TallystickError (exit 1) for a patient key that occurs twice
 */
export function stopAtBoundary(
  tables: readonly StandardTable[],
  optOuts: OptOuts,
  { optOuts: { reasons } }: Pipeline,
): KeptTable[] {
  const isStopping = (name: ReasonName) => reasons.some((one) => one.name === name && one.scope !== 'person');
  const done: KeptTable[] = [];
  for (const standard of tables) {
    const { table } = standard;
    if (table.setting !== 'gp') {
      done.push({ ...standard, stopped: [] });
      continue;
    }
    const patients =
      table.kind === 'patients'
        ? undefined
        : done.find((one) => one.table.kind === 'patients' && one.table.source === table.source);
    const parent = done.find((one) => one.table.name === columnOf(table, 'parent-key')?.references);
    const stated = ({ nhsNumber, patientKey }: StandardRow) =>
      reasons
        .map(({ name }) => name)
        .filter(
          (name) =>
            (nhsNumber !== null && optOuts.ofNhsNumber(nhsNumber, name)) ||
            (patientKey !== null && optOuts.ofPatient(table.source, patientKey, name)) ||
            (patientKey !== null && optOuts.ofRegistration(table.source, patientKey, name)),
        );
    // of a patient who is only in quarantine, nothing is learnt from the row
    const ofPatient = ({ patientKey }: StandardRow) =>
      (patients?.stopped ?? []).filter(
        ({ row, known }) =>
          patientKey !== null && row.patientKey === patientKey && [...known].some(isStopping),
      );
    const ofParent = ({ parentKey }: StandardRow) =>
      (parent?.stopped ?? []).filter(({ row }) => parentKey !== null && row.recordId === parentKey);
    const isLost = ({ patientKey, parentKey }: StandardRow) =>
      (patientKey !== null && mayBeQuarantined(patients, 'patientKey', patientKey)) ||
      (parentKey !== null && mayBeQuarantined(parent, 'recordId', parentKey));
    const stopped = standard.rows.flatMap((row): StoppedRow[] => {
      const behind = [...ofPatient(row), ...ofParent(row)];
      const known = new Set([...stated(row), ...behind.flatMap((one) => [...one.known])]);
      const all = new Set<ReasonName>([...known, ...(isLost(row) ? (['patient-quarantined'] as const) : [])]);
      if (![...all].some(isStopping)) return [];
      return [{ row, known, isLost: isLost(row), reason: reasons.find(({ name }) => all.has(name))! }];
    });
    const rows = standard.rows.filter((row) => !stopped.some((one) => one.row === row));
    if (table.kind === 'patients') checkKeys(standard, rows);
    done.push({ ...standard, rows, stopped });
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
  const { rows, misfits, unparsed, stopped } = target;
  const lost = stopped.filter(({ isLost }) => isLost).map(({ row }) => row);
  if (hasKey(misfits, by, key) || hasKey(lost, by, key)) return true;
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
