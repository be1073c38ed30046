import { hasCheckDigit, NHS_NUMBER_PLACEHOLDERS } from '../domain/nhs-number.ts';
import type { FormName } from './form.ts';

/**
 * The context of a text. `cell`: a value of a column, whose digits may be grouped in any way. `prose`: names, descriptions, papers and
 * the log, in which counts of this program occur in lists and tables and must not be read as groups of one number.
 */
export type Setting = 'cell' | 'prose';

/**
 * Called for each text that has a form.
 *
 * @param key key of the text, so that repeated texts count once
 * @param passes whether it can be an identifier
 * @param slot group of findings that is judged separately from others of their form
 */
export type Note = (form: FormName, key: number, passes: () => boolean, slot?: number) => void;

const DIGITS = 10;
/** Digits of the longest number that is searched inside; more digits than this are a text of digits, not a number. */
const LONGEST = 40;
/** Between the groups of one number: up to three characters that are neither letters nor digits. */
const LONGEST_GAP = 3;
/** In prose: the separators between the numbers of a list, or the columns of a table. */
const LISTS = /[,;|\n]/;
/** The largest number of groups in one number, unless every digit is written separately. */
const MOST_GROUPS = 5;

/**
 * Dates with and without a time, which are no NHS numbers: blanked first. Those without separators
 * count from 2013 on: read as a Scottish number, whose first six digits are a birth date, these would be months 13 to 99.
 */
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:[.,]\\d{1,9})?)?';
const DATES = new RegExp(
  [
    `(?:19|20)\\d\\d([-/.])(?:0[1-9]|1[0-2])\\1(?:0[1-9]|[12]\\d|3[01])(?:[T ,_]{1,2}(?:${TIME}|[01]\\d|2[0-3]))?`,
    `(?:0?[1-9]|[12]\\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\\2(?:19|20)\\d\\d(?:[T ,_]{1,2}(?:${TIME}|[01]\\d|2[0-3]))?`,
    `(?:0?[1-9]|[12]\\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\\3\\d\\d[T ,_]{1,2}${TIME}`,
    '20(?:1[3-9]|[2-9]\\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])(?:[T_ -]?(?:[01]\\d|2[0-3])(?:[0-5]\\d(?:[0-5]\\d(?:\\d{3}|\\d{6})?)?)?)?',
    `(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:[.,]\\d{1,9})?`,
  ]
    .map((one) => `(?<!\\d)${one}(?!\\d)`)
    .join('|'),
  'g',
);
/**
 * Seconds since 1970, from 9 September 2001 to 18 May 2033, as a cell by themselves. Numbers of England, Wales, Northern Ireland and Ireland begin otherwise;
 * Scottish ones begin with a birth date, so those with a valid month there are judged separately.
 */
const SECONDS = /^1\d{9}$/;
const SCOTTISH = /^1\d(?:0[1-9]|1[0-2])/;
/** What a spreadsheet makes of a long number: 9.990548609E+09. At least six decimals, because 1.5E9 is an ordinary number. */
const EXPONENT = /(?<![0-9A-Za-z.])([1-9])\.(\d{6,9})E\+?0?9(?!\d)/gi;

/** True for ten digits with a correct check digit that are no placeholder. */
export function isNhsNumber(digits: string): boolean {
  return hasCheckDigit(digits) && !NHS_NUMBER_PLACEHOLDERS.includes(digits);
}

/** One run of digits in a text. */
interface Run {
  readonly start: number;
  readonly end: number;
}

/** Searches for NHS numbers in a text normalised by {@link readableText}. */
export function findNhsNumbers(given: string, setting: Setting, note: Note): void {
  const text = given
    .replace(EXPONENT, (_, first: string, rest: string) => `${first}${rest.padEnd(9, '0')}`)
    .replace(DATES, (date) => ' '.repeat(Math.max(LONGEST_GAP + 1, date.length)));
  const runs = runsOf(text);
  for (const run of runs) lookAtRun(text, run, setting, note);
  if (runs.length > 1) lookAtGroups(text, runs, setting, note);
}

function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  let start = -1;
  for (let index = 0; index <= text.length; index += 1) {
    const code = text.charCodeAt(index);
    const isDigit = code >= 48 && code <= 57;
    if (isDigit && start < 0) start = index;
    if (!isDigit && start >= 0) {
      runs.push({ start, end: index });
      start = -1;
    }
  }
  return runs;
}

/**
 * A run of digits by itself: ten digits, nine that have lost their zero, ten after zeros, or ten inside more. A number after zeros
 * is judged among all numbers of its length.
 */
function lookAtRun(text: string, { start, end }: Run, setting: Setting, note: Note): void {
  const length = end - start;
  const isInWord = isLetter(text.charCodeAt(start - 1)) || isLetter(text.charCodeAt(end));
  if (length === DIGITS) {
    const digits = text.slice(start, end);
    if (setting === 'cell' && length === text.length && SECONDS.test(digits)) {
      noteNumber(digits, 'number-as-seconds', note, SCOTTISH.test(digits) ? 1 : 0);
    } else noteNumber(digits, isInWord ? 'number-in-word' : 'number-alone', note);
    return;
  }
  if (length === DIGITS - 1) {
    if (!isInWord) noteNumber(`0${text.slice(start, end)}`, 'number-zero-lost', note);
    return;
  }
  if (length < DIGITS) return;
  let first = start;
  while (text.charCodeAt(first) === 48) first += 1;
  const significant = text.slice(first, end);
  const passes = () => significant.length === DIGITS && isNhsNumber(significant);
  note('number-padded', Number(significant), passes, length);
  if (length > LONGEST) return;
  for (let offset = 0; offset <= length - DIGITS; offset += 1) {
    const digits = text.slice(start + offset, start + offset + DIGITS);
    noteNumber(digits, 'number-in-number', note, length * LONGEST + offset);
  }
}

/** Runs of digits close to each other: 3-3-4, other groupings of ten, and members of a list of numbers. */
function lookAtGroups(text: string, runs: readonly Run[], setting: Setting, note: Note): void {
  const gaps = runs.map((run, index) =>
    index === 0 ? null : gapOf(text, runs[index - 1]!.end, run.start, setting),
  );
  const sizes = runs.map(({ start, end }) => end - start);
  const digits = (from: number, to: number) =>
    runs
      .slice(from, to)
      .map(({ start, end }) => text.slice(start, end))
      .join('');
  const linked = (index: number) => gaps[index] != null;
  for (let index = 0; index + 1 < runs.length; index += 1) {
    if (!linked(index + 1)) continue;
    const [one, two, three] = [sizes[index]!, sizes[index + 1]!, sizes[index + 2]];
    if (one === 3 && two === 3 && three === 4 && linked(index + 2)) {
      noteNumber(digits(index, index + 3), 'number-3-3-4', note);
    } else if ((one === 3 && two === 7) || (one === 6 && two === 4)) {
      noteNumber(digits(index, index + 2), 'number-grouped', note);
    }
  }
  if (setting === 'prose') return;
  for (let from = 0; from < runs.length; ) {
    let to = from + 1;
    while (to < runs.length && linked(to)) to += 1;
    lookAtChain(from, to);
    from = to;
  }

  /** A whole chain of ten digits in a few groups; and each stretch of it with one separator throughout. */
  function lookAtChain(from: number, to: number): void {
    if (isOneNumber(from, to)) {
      noteNumber(digits(from, to), 'number-grouped', note);
      return;
    }
    for (let start = from; start + 1 < to; ) {
      let end = start + 2;
      while (end < to && gaps[end] === gaps[start + 1]) end += 1;
      if ((start > from || end < to) && isOneNumber(start, end)) {
        noteNumber(digits(start, end), 'number-grouped', note);
      }
      start = end - 1;
    }
  }

  function isOneNumber(from: number, to: number): boolean {
    const groups = to - from;
    if (groups < 2 || (groups > MOST_GROUPS && groups !== DIGITS)) return false;
    let sum = 0;
    for (let index = from; index < to; index += 1) sum += sizes[index]!;
    const isNoted =
      (groups === 3 && sizes[from] === 3 && sizes[from + 1] === 3) ||
      (groups === 2 && (sizes[from] === 3 || sizes[from] === 6));
    return sum === DIGITS && !isNoted;
  }
}

/** The separator between two runs of one number; null where they do not belong to one number. */
function gapOf(text: string, from: number, to: number, setting: Setting): string | null {
  if (to - from > LONGEST_GAP) return null;
  const gap = text.slice(from, to);
  return /[0-9A-Za-z]/.test(gap) || (setting === 'prose' && LISTS.test(gap)) ? null : gap;
}

function noteNumber(digits: string, form: FormName, note: Note, slot?: number): void {
  note(form, Number(digits), () => isNhsNumber(digits), slot);
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
