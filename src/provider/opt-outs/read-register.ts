import { parse } from 'csv-parse/sync';
import type { Finding } from '../../domain/finding.ts';
import { type NhsNumber, standardiseNhsNumber } from '../../domain/nhs-number.ts';
import type { OptOutEvent } from '../../domain/opt-out.ts';
import { type Problem, refused } from '../../domain/problem.ts';
import type { OptOutList } from '../../pipeline/pipeline.ts';
import { CSV_OPTIONS, csvRows } from './csv-rows.ts';
import { checkAge, checkLines, checkNotEmpty, numberFault, readListText } from './read-list.ts';

/** A register, read: each line's standardised NHS number and event. */
export interface Register {
  readonly entries: readonly { readonly nhsNumber: NhsNumber; readonly event: OptOutEvent }[];
  readonly findings: readonly Finding[];
}

const WHAT = 'opt-out register';
const COLUMNS = ['nhs_number', 'type', 'event', 'date'];
const TYPES: Readonly<Record<string, OptOutEvent['type']>> = {
  '1': 'type-1',
  'type-1': 'type-1',
  '2': 'type-2',
  'type-2': 'type-2',
  national: 'national',
};

/**
 * Reads the opt-out register (CSV with nhs_number,type,event,date). It decides who is left out, so nothing about it is
 * tolerated: one line that cannot be understood stops the run, and all of them are named.
 *
 * @throws TallystickError (exit 1) for a register that is missing, stale, empty without leave, or faulty
 */
export function readRegister(list: OptOutList, runDate: string, allowTestRange: boolean): Register {
  const listText = readListText(list, WHAT);
  const { text } = listText;
  if (text === '') {
    checkNotEmpty(list, 0, WHAT);
    return { entries: [], findings: checkAge(list, listText, [], WHAT, 'optOuts.register', runDate) };
  }
  let rows: string[][];
  try {
    rows = csvRows(text);
  } catch {
    throw refused({ file: list.shownAs, message: `the ${WHAT} is not readable as CSV` });
  }
  const [header, ...lines] = rows;
  const names = (header ?? []).map((name) => name.trim());
  if (COLUMNS.some((name) => names.filter((one) => one === name).length !== 1)) {
    throw refused({
      file: list.shownAs,
      line: 1,
      message: `the ${WHAT}'s header must name ${COLUMNS.join(', ')}, each once`,
    });
  }
  checkNotEmpty(list, lines.length, WHAT);
  const read = lineReader(names, allowTestRange);
  const entries: Register['entries'][number][] = [];
  const faulty: { readonly lineNumber: number; readonly fault: LineFault }[] = [];
  for (const [index, line] of lines.entries()) {
    const entry = read(line);
    if ('message' in entry) faulty.push({ lineNumber: index + 1, fault: entry });
    else entries.push(entry);
  }
  if (faulty.length > 0) {
    // which line of the file it is takes the parser as long again as all the rest, so it is asked only now
    const placed = parse(text, { ...CSV_OPTIONS, info: true }) as unknown as { info: { lines: number } }[];
    checkLines(
      list,
      faulty.map(
        ({ lineNumber, fault: { message, column } }): Problem => ({
          file: list.shownAs,
          line: placed[lineNumber]!.info.lines,
          ...(column === undefined ? {} : { column }),
          message,
        }),
      ),
      'have the register repaired: a line that is passed over could release somebody who opted out',
    );
  }
  const dates = entries.map(({ event }) => event.date);
  return { entries, findings: checkAge(list, listText, dates, WHAT, 'optOuts.register', runDate) };
}

interface LineFault {
  readonly column?: string;
  readonly message: string;
}

/** Reads one line of a register with this header: its entry, or what is wrong with it. */
function lineReader(
  names: readonly string[],
  allowTestRange: boolean,
): (line: readonly string[]) => Register['entries'][number] | LineFault {
  const [nhsNumberIndex, typeIndex, eventIndex, dateIndex] = COLUMNS.map((name) => names.indexOf(name)) as [
    number,
    number,
    number,
    number,
  ];
  return (line) => {
    if (line.length !== names.length) return { message: 'has too few or too many columns' };
    const type = Object.hasOwn(TYPES, line[typeIndex]!.trim()) ? TYPES[line[typeIndex]!.trim()] : undefined;
    const kind = line[eventIndex]!.trim();
    const date = line[dateIndex]!.trim();
    if (type === undefined) return { column: 'type', message: 'is not 1, 2 or national' };
    if (kind !== 'registered' && kind !== 'withdrawn')
      return { column: 'event', message: 'is not registered or withdrawn' };
    if (date !== '' && !/^\d{4}-\d{2}-\d{2}$/.test(date))
      return { column: 'date', message: 'is not a date, YYYY-MM-DD' };
    const { value, outcome } = standardiseNhsNumber(line[nhsNumberIndex]!, { allowTestRange });
    if (value === null) return { column: 'nhs_number', message: numberFault(outcome) };
    return { nhsNumber: value, event: { type, kind, date: date === '' ? null : date } };
  };
}
