import { isoDate, parseDate } from '../domain/date-format.ts';
import {
  type PracticeLine,
  type PracticeReason,
  PracticeSharing,
  practiceCode,
} from '../domain/practice-sharing.ts';
import { trimBlanks } from '../domain/standardised-text.ts';
import type { Pipeline, PracticeDate, PracticeList, PracticeSwitch } from '../pipeline/pipeline.ts';
import { checkAge, recordsOf, refusedList } from './opt-out-lists.ts';
import type { DeliveredTable } from './read-files.ts';
import { keyText } from './standardise.ts';

/** Patients whose practice does not share, by source and patient key. */
export type HeldRegistrations = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<PracticeReason>>>;

/**
 * The patients of every GP source whose practice does not share on the run date.
 *
 * @throws TallystickError (exit 1) for a list of practices with a line that cannot be read, or that cannot be trusted
 */
export function heldByPractice(
  { optOuts: { practices } }: Pipeline,
  delivered: readonly DeliveredTable[],
  runDate: string,
): HeldRegistrations {
  if (practices === null) return new Map();
  const sharing = readSharing(practices, runDate);
  return new Map(
    practices.organisations.map(({ source, column }) => {
      const held = new Map<string, Set<PracticeReason>>();
      const patients = delivered.filter(({ table }) => table.kind === 'patients' && table.source === source);
      for (const { table, rows } of patients) {
        for (const row of rows) {
          const key = keyText(
            row,
            table.columns.find(({ role }) => role === 'patient-key'),
          );
          const code = keyText(
            row,
            table.columns.find(({ name }) => name === column),
          );
          if (key === null) continue;
          const reasons = sharing.reasonsOf(code === null ? null : practiceCode(code));
          held.set(key, new Set([...(held.get(key) ?? []), ...reasons]));
        }
      }
      return [source, held];
    }),
  );
}

function readSharing(list: PracticeList, runDate: string): PracticeSharing {
  const { format, code, start, end, active, disabled } = list;
  const [header, ...rows] = recordsOf(list, format);
  const names = (header?.cells ?? []).map((name) => name.trim());
  const columns = [code, ...[start, end, active, disabled].flatMap((one) => one?.column ?? [])];
  if (rows.length > 0 && columns.some((name) => names.filter((one) => one === name).length !== 1))
    throw refusedList(list, 'a column is missing');
  if (rows.length === 0 && !list.allowEmpty) throw refusedList(list, 'is empty');
  const lines = rows.map(({ cells }): PracticeLine => {
    if (cells.length !== names.length) throw refusedList(list, 'too few or too many columns');
    const cellOf = (column: string) => trimBlanks(cells[names.indexOf(column)]!);
    const practice = practiceCode(cellOf(code));
    if (practice === null) throw refusedList(list, 'no practice');
    return {
      code: practice,
      start: dayOf(start, cellOf, list),
      end: dayOf(end, cellOf, list),
      isActive: active === null || isOn(active, cellOf, list),
      isDisabled: disabled !== null && isOn(disabled, cellOf, list),
    };
  });
  checkAge(list, [], runDate);
  return new PracticeSharing(lines, start !== null, runDate);
}

function dayOf(
  date: PracticeDate | null,
  cellOf: (column: string) => string,
  list: PracticeList,
): string | null {
  const cell = date === null ? '' : cellOf(date.column);
  if (date === null || cell === '' || date.missing.includes(cell)) return null;
  const day = parseDate(cell, date.format);
  if (day === null) throw refusedList(list, 'date');
  return isoDate(day);
}

function isOn(
  { column, on, off }: PracticeSwitch,
  cellOf: (column: string) => string,
  list: PracticeList,
): boolean {
  const cell = cellOf(column);
  if (!on.includes(cell) && !off.includes(cell)) throw refusedList(list, 'a value that is not declared');
  return on.includes(cell);
}
