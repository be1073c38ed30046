import { statSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { standardiseNhsNumber } from '../domain/nhs-number.ts';
import type { OptOutEvent } from '../domain/opt-out.ts';
import { environment, refused, TallystickError } from '../domain/problem.ts';
import type { OptOutList } from '../pipeline/pipeline.ts';
import { assertPlain, readPlainText } from '../read-plain-file.ts';

/** A register, read: each line's standardised NHS number and event. */
export interface Register {
  readonly entries: readonly { readonly nhsNumber: string; readonly event: OptOutEvent }[];
  /** lines whose NHS number is not one: no record can carry it, so nothing of that person is ever released */
  readonly unusable: number;
}

const COLUMNS = ['nhs_number', 'type', 'event', 'date'];
const TYPES: Readonly<Record<string, OptOutEvent['type']>> = {
  '1': 'type-1',
  'type-1': 'type-1',
  '2': 'type-2',
  'type-2': 'type-2',
  national: 'national',
};
const DAY_MS = 86_400_000;

/**
 * Reads the opt-out register (CSV with nhs_number,type,event,date). It decides who is left out, so nothing about it is
 * tolerated: one line that cannot be understood stops the run.
 *
 * @throws TallystickError (exit 1) for a register that is missing, stale, empty without leave, or faulty
 */
export function readRegister(list: OptOutList, runDate: string, allowTestRange: boolean): Register {
  const text = readList(list, runDate, 'opt-out register');
  const options = { bom: true, relax_column_count: true, skip_empty_lines: true } as const;
  let rows: string[][];
  try {
    rows = parse(text, options);
  } catch {
    throw refused({ file: list.shownAs, message: 'the opt-out register is not readable as CSV' });
  }
  const [header, ...lines] = rows;
  const names = (header ?? []).map((name) => name.trim());
  if (COLUMNS.some((name) => !names.includes(name))) {
    throw refused({
      file: list.shownAs,
      line: 1,
      message: `the opt-out register's header must name ${COLUMNS.join(', ')}`,
    });
  }
  if (lines.length === 0 && !list.allowEmpty) throw emptyList(list, 'opt-out register');
  const at = (name: string) => names.indexOf(name);
  const entries: { nhsNumber: string; event: OptOutEvent }[] = [];
  let unusable = 0;
  for (const [index, line] of lines.entries()) {
    const faulty = (message: string, column?: string) => {
      // which line of the file it is takes the parser as long again as all the rest, so it is asked only now
      const placed = parse(text, { ...options, info: true }) as unknown as { info: { lines: number } }[];
      const place = { file: list.shownAs, line: placed[index + 1]!.info.lines };
      return refused({ ...place, ...(column === undefined ? {} : { column }), message });
    };
    if (line.length !== names.length) throw faulty('has too few or too many columns');
    const type = TYPES[line[at('type')]!.trim()];
    const kind = line[at('event')]!.trim();
    const date = line[at('date')]!.trim();
    if (type === undefined) throw faulty('is not 1, 2 or national', 'type');
    if (kind !== 'registered' && kind !== 'withdrawn')
      throw faulty('is not registered or withdrawn', 'event');
    if (date !== '' && !/^\d{4}-\d{2}-\d{2}$/.test(date)) throw faulty('is not a date, YYYY-MM-DD', 'date');
    const { value } = standardiseNhsNumber(line[at('nhs_number')]!, { allowTestRange });
    if (value === null) unusable += 1;
    else entries.push({ nhsNumber: value, event: { type, kind, date: date === '' ? null : date } });
  }
  if (lines.length > 0 && entries.length === 0) {
    throw refused({ file: list.shownAs, column: 'nhs_number', message: 'no line holds a valid NHS number' });
  }
  return { entries, unusable };
}

/**
 * Reads the reply of the national data opt-out service: the only NHS numbers that may be used, one a line, each
 * followed by a comma. A missing or empty reply means that nobody may be released, so it stops the run.
 *
 * @throws TallystickError (exit 1) as for the register, and for a line of another shape
 */
export function readNationalReply(
  list: OptOutList,
  runDate: string,
  allowTestRange: boolean,
): readonly string[] {
  const text = readList(list, runDate, 'national opt-out reply');
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0 && !list.allowEmpty) throw emptyList(list, 'national opt-out reply');
  return lines.map((line, index) => {
    const { value } = standardiseNhsNumber(line.replace(/,\s*$/, ''), { allowTestRange });
    if (value === null || !/,\s*$/.test(line)) {
      throw refused({
        file: list.shownAs,
        line: index + 1,
        message: 'is not an NHS number followed by a comma',
        wayOut: 'a damaged reply may leave people out or let people in: ask for it again',
      });
    }
    return value;
  });
}

/** The list's text, once it is known to be there and fresh. */
function readList(list: OptOutList, runDate: string, what: string): string {
  const stat = statSync(list.file, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw refused({
      file: list.shownAs,
      message: `the ${what} is missing`,
      wayOut: 'without it, nobody can be released: nothing was published',
    });
  }
  assertPlain(stat, list.shownAs);
  const asOf = list.asOf === null ? stat.mtimeMs : Date.parse(`${list.asOf}T00:00:00Z`);
  if (list.asOf !== null && list.asOf > runDate) {
    throw refused({
      file: list.shownAs,
      message: `the ${what} is dated ${list.asOf}, which is after the run date`,
      wayOut: 'correct optOuts asOf: a list from the future would never grow stale',
    });
  }
  const ageDays = Math.floor((Date.parse(`${runDate}T00:00:00Z`) - asOf) / DAY_MS);
  if (ageDays > list.maxAgeDays) {
    throw refused({
      file: list.shownAs,
      message: `the ${what} is ${ageDays} days old on the run date; at most ${list.maxAgeDays} are allowed`,
      wayOut: 'fetch the list again; a stale list would release people who have opted out since',
    });
  }
  if (stat.size === 0 && !list.allowEmpty) throw emptyList(list, what);
  try {
    return readPlainText(list.file, list.shownAs);
  } catch (fault) {
    if (fault instanceof TallystickError) throw fault;
    throw environment({ file: list.shownAs, message: `the ${what} cannot be read` });
  }
}

function emptyList(list: OptOutList, what: string): Error {
  return refused({
    file: list.shownAs,
    message: `the ${what} is empty`,
    wayOut: 'if nobody is on it, say so in the pipeline file: allowEmpty: true',
  });
}
