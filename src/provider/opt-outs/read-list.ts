import { statSync } from 'node:fs';
import type { Finding } from '../../domain/finding.ts';
import { ageOfList, isFileTimeBelievable } from '../../domain/list-age.ts';
import { environment, type Problem, refused, TallystickError } from '../../domain/problem.ts';
import type { OptOutList } from '../../pipeline/pipeline.ts';
import { assertPlain, readPlainFile } from '../../read-plain-file.ts';

/** When the file of a list was written to, in milliseconds. */
export interface ListTimes {
  readonly modified: number;
  readonly changed: number;
}

/** A list's text. */
export interface ListText extends ListTimes {
  readonly text: string;
}

/** A list's bytes. */
export interface ListBytes extends ListTimes {
  readonly bytes: Buffer;
}

/** How old a list is, and what was found about that. */
export interface ListState {
  /** YYYY-MM-DD; null where only the time of its file says how old it is: a run does not depend on that */
  readonly asOf: string | null;
  readonly findings: readonly Finding[];
}

/** Faulty lines that are named; how many more there are is said. */
export const LINES_SHOWN = 20;

/**
 * @param what what the list is called in messages
 * @throws TallystickError (exit 1) for a list that is not there, (exit 3) for one that cannot be read
 */
export function readListText(list: Pick<OptOutList, 'file' | 'shownAs'>, what: string): ListText {
  const { bytes, ...times } = readListBytes(list, what);
  return { text: bytes.toString('utf8').replace(/^\ufeff/, ''), ...times };
}

/** Likewise, before its bytes are decoded. */
export function readListBytes(list: Pick<OptOutList, 'file' | 'shownAs'>, what: string): ListBytes {
  const stat = statSync(list.file, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw refused({
      file: list.shownAs,
      message: `the ${what} is missing`,
      wayOut: 'without it, nobody can be released: nothing was published',
    });
  }
  assertPlain(stat, list.shownAs, refused, `the ${what}`);
  try {
    const bytes = readPlainFile(list.file, list.shownAs);
    return { bytes, modified: stat.mtimeMs, changed: stat.ctimeMs };
  } catch (fault) {
    if (fault instanceof TallystickError) throw fault;
    throw environment({ file: list.shownAs, message: `the ${what} cannot be read` });
  }
}

/**
 * Compares a list's age with what is allowed.
 *
 * @param events dates of its events (YYYY-MM-DD)
 * @param key where the pipeline file declares the list, such as `optOuts.register`
 * @returns the date of the list, and a warning where nothing but the time of its file says how old it is
 * @throws TallystickError (exit 1) for a list that is too old, or of the future
 */
export function checkAge(
  list: OptOutList,
  { modified, changed }: ListTimes,
  events: readonly (string | null)[],
  what: string,
  key: string,
  runDate: string,
): ListState {
  if (list.asOf !== null && list.asOf > runDate) {
    throw refused({
      file: list.shownAs,
      message: `the ${what} is dated ${list.asOf}, which is after the run date`,
      wayOut: `correct ${key}.asOf: a list from the future would never grow stale`,
    });
  }
  const fileDay = new Date(modified).toISOString().slice(0, 10);
  const { days, from } = ageOfList({ asOf: list.asOf, events, fileDay }, list.maxAgeDays, runDate);
  const declare = `declare ${key}.asOf: a date, or the pattern of a dated file name, such as { name: register_%Y%m%d.csv }`;
  if (from === 'file-time' && !isFileTimeBelievable(modified, changed)) {
    throw refused({
      file: list.shownAs,
      message: `nothing says how old the ${what} is but the time of its file, which is in the future`,
      wayOut: `a list from the future would never grow stale: ${declare}`,
    });
  }
  if (days > list.maxAgeDays) {
    const by = from === 'latest-event' ? ', by its latest event,' : '';
    throw refused({
      file: list.shownAs,
      message: `the ${what} is${by} ${days} days old on the run date; at most ${list.maxAgeDays} are allowed`,
      wayOut: 'fetch the list again; a stale list would release people who have opted out since',
    });
  }
  if (from !== 'file-time') return { asOf: dateBefore(runDate, days), findings: [] };
  const findings: Finding[] = [
    {
      check: 'list-age',
      severity: 'warn',
      file: list.shownAs,
      message: `nothing says how old the ${what} is but the time of its file, and a copy of an old list looks new`,
      wayOut: declare,
    },
  ];
  return { asOf: null, findings };
}

/** The date that is this many days before another. */
function dateBefore(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}

/** @throws TallystickError (exit 1) for an empty list, unless the pipeline file says that this is right */
export function checkNotEmpty(list: OptOutList, entries: number, what: string): void {
  if (entries > 0 || list.allowEmpty) return;
  throw refused({
    file: list.shownAs,
    message: `the ${what} is empty`,
    wayOut: 'if nobody is on it, say so in the pipeline file: allowEmpty: true',
  });
}

/** @throws TallystickError (exit 1) with the first faulty lines of a list and the number of the others, if there are any */
export function checkLines(
  list: Pick<OptOutList, 'shownAs'>,
  faults: readonly Problem[],
  wayOut: string,
): void {
  refuseLines(list, faults, faults.length, wayOut);
}

/**
 * The same where the first faults alone are at hand.
 *
 * @param all how many there are
 */
export function refuseLines(
  list: Pick<OptOutList, 'shownAs'>,
  faults: readonly Problem[],
  all: number,
  wayOut: string,
): void {
  if (all === 0) return;
  const more = all - LINES_SHOWN;
  const problems = [
    ...faults.slice(0, LINES_SHOWN),
    ...(more > 0 ? [{ file: list.shownAs, message: `and ${more} more lines that cannot be read` }] : []),
  ];
  throw refused(...problems.slice(0, -1), { ...problems.at(-1)!, wayOut });
}

/** Why a cell holds no NHS number, by the outcome of the standardiser. */
export function numberFault(outcome: string): string {
  switch (outcome) {
    case 'absent':
      return 'holds no NHS number';
    case 'placeholder':
      return 'is an NHS number that belongs to no person';
    case 'test-range':
      return 'is an NHS number of the test range; a run of made-up people says synthetic: true';
    default:
      return 'is not a valid NHS number';
  }
}
