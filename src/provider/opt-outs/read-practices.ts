import { isoDate, parseDate } from '../../domain/date-format.ts';
import { type PracticeLine, PracticeSharing, practiceCode } from '../../domain/practice-sharing.ts';
import { type Problem, refused } from '../../domain/problem.ts';
import { trimBlanks } from '../../domain/standardised-text.ts';
import type { PracticeDate, PracticeList, PracticeSwitch } from '../../pipeline/pipeline.ts';
import { type ListVisitor, readListRecords } from '../extract/list-records.ts';
import type { ScannedRecord } from '../extract/scanned-record.ts';
import type { CellAt, LineFault } from './list-line.ts';
import { checkAge, checkNotEmpty, type ListState, readListBytes, refuseLines } from './read-list.ts';

/** The list of practices, read. */
export interface ReadPractices extends ListState {
  readonly lines: readonly PracticeLine[];
  readonly sharing: PracticeSharing;
}

const WHAT = 'list of practices';

/**
 * Reads the list of practices that share. It decides whose records are left out, so one line that cannot be understood stops the run.
 *
 * @throws TallystickError (exit 1) for a list that is missing, stale, empty without leave, or faulty
 */
export async function readPractices(list: PracticeList, runDate: string): Promise<ReadPractices> {
  const { bytes, ...times } = readListBytes(list, WHAT);
  const read = new PracticeLines(list);
  await readListRecords(bytes, list.format, list.shownAs, read);
  const { lines, faults } = read;
  checkNotEmpty(list, lines.length + faults.length, WHAT);
  const wayOut = `have the ${WHAT} repaired, or its layout: a line that is passed over could release what a practice does not share`;
  refuseLines(list, faults, faults.length, wayOut);
  return {
    lines,
    sharing: new PracticeSharing(lines, list.start !== null, runDate),
    ...checkAge(list, times, [], WHAT, 'optOuts.practices', runDate),
  };
}

class PracticeLines implements ListVisitor {
  readonly lines: PracticeLine[] = [];
  readonly faults: Problem[] = [];
  readonly #list: PracticeList;
  /** null before the header line */
  #names: readonly string[] | null = null;

  constructor(list: PracticeList) {
    this.#list = list;
  }

  get width(): number {
    return this.#names?.length ?? 0;
  }

  /** @throws TallystickError (exit 1) for a header without a declared column, or with one twice */
  record(record: ScannedRecord): void {
    const fault = (message: string) => this.#note({ message }, record.line);
    if (record.badQuote) fault('has a quoted cell that does not end where it should');
    else if (!record.isUtf8) fault(`has bytes that are no text in ${this.#list.format.encoding}`);
    else if (this.#names === null) this.#names = namesOf(record, this.#list);
    else if (record.fieldCount !== this.#names.length) fault('has too few or too many columns');
    else
      this.row(
        (index) => record.field(index)!.toString('utf8'),
        () => record.line,
      );
  }

  row(cellAt: CellAt, line: () => number): void {
    const names = this.#names!;
    const read = readLine(this.#list, (column) => trimBlanks(cellAt(names.indexOf(column))));
    if ('message' in read) this.#note(read, line());
    else this.lines.push(read);
  }

  #note(fault: LineFault, line: number): void {
    this.faults.push({ file: this.#list.shownAs, line, ...fault });
  }
}

/** The names in the header line. @throws TallystickError (exit 1) where a declared column is not among them, or twice */
function namesOf(header: ScannedRecord, list: PracticeList): string[] {
  const names = header.fields.map((field) => field.toString('utf8').trim());
  const { code, start, end, active, disabled } = list;
  const columns = [code, ...[start, end, active, disabled].flatMap((one) => one?.column ?? [])];
  if (columns.every((name) => names.filter((one) => one === name).length === 1)) return names;
  throw refused({
    file: list.shownAs,
    line: header.line,
    message: `the header of the ${WHAT} must name ${columns.join(', ')}, each once`,
  });
}

type CellOf = (column: string) => string;

/** One line: a practice, or what is wrong. */
function readLine(
  { code, start, end, active, disabled }: PracticeList,
  cellOf: CellOf,
): PracticeLine | LineFault {
  const practice = practiceCode(cellOf(code));
  if (practice === null) return { column: code, message: 'names no practice' };
  const [from, to] = [dateOf(start, cellOf), dateOf(end, cellOf)];
  if (from !== null && typeof from === 'object') return from;
  if (to !== null && typeof to === 'object') return to;
  const isActive = active === null || isOn(active, cellOf);
  if (typeof isActive === 'object') return isActive;
  const isDisabled = disabled !== null && isOn(disabled, cellOf);
  if (typeof isDisabled === 'object') return isDisabled;
  return { code: practice, start: from, end: to, isActive, isDisabled };
}

function dateOf(date: PracticeDate | null, cellOf: CellOf): string | LineFault | null {
  if (date === null) return null;
  const text = cellOf(date.column);
  if (text === '' || date.missing.includes(text)) return null;
  const real = parseDate(text, date.format);
  return real === null
    ? { column: date.column, message: 'is not a date in the declared format' }
    : isoDate(real);
}

function isOn({ column, on, off }: PracticeSwitch, cellOf: CellOf): boolean | LineFault {
  const cell = cellOf(column);
  if (on.includes(cell)) return true;
  return off.includes(cell) ? false : { column, message: 'is not a declared value' };
}
