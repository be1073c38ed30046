import { isoDate, parseDate } from '../../domain/date-format.ts';
import type { Finding } from '../../domain/finding.ts';
import { type PracticeLine, PracticeSharing, practiceCode } from '../../domain/practice-sharing.ts';
import { type Problem, refused } from '../../domain/problem.ts';
import { trimBlanks } from '../../domain/standardised-text.ts';
import { TextScanner } from '../../kernel/text-scanner.ts';
import type { PracticeDate, PracticeList, PracticeSwitch } from '../../pipeline/pipeline.ts';
import { decodeText } from '../extract/open-text.ts';
import { refuseOtherFormatsOfList } from '../extract/recognise-format.ts';
import { scanBlocks } from '../extract/scan-blocks.ts';
import type { ScannedRecord } from '../extract/scanned-record.ts';
import type { LineFault } from './list-line.ts';
import { checkAge, checkNotEmpty, readListBytes, refuseLines } from './read-list.ts';

/** The list of practices, read. */
export interface ReadPractices {
  readonly lines: readonly PracticeLine[];
  readonly sharing: PracticeSharing;
  readonly findings: readonly Finding[];
}

const WHAT = 'list of practices';
/** Bytes that are scanned at once. */
const BLOCK_BYTES = 1 << 20;

/**
 * Reads the list of practices that share. It decides whose records are left out, so one line that cannot be understood stops the run.
 *
 * @throws TallystickError (exit 1) for a list that is missing, stale, empty without leave, or faulty
 */
export async function readPractices(list: PracticeList, runDate: string): Promise<ReadPractices> {
  const { bytes, ...times } = readListBytes(list, WHAT);
  const lines: PracticeLine[] = [];
  const faults: Problem[] = [];
  let read: ReturnType<typeof lineReader> | null = null;
  await eachRecord(bytes, list, (record) => {
    if (read === null) {
      read = lineReader(list, namesOf(record, list));
      return;
    }
    const line = read(record);
    if ('message' in line) faults.push({ file: list.shownAs, line: record.line, ...line });
    else lines.push(line);
  });
  checkNotEmpty(list, lines.length + faults.length, WHAT);
  const wayOut = `have the ${WHAT} repaired, or its layout: a line that is passed over could release what a practice does not share`;
  refuseLines(list, faults, faults.length, wayOut);
  return {
    lines,
    sharing: new PracticeSharing(lines, list.start !== null, runDate),
    findings: checkAge(list, times, [], WHAT, 'optOuts.practices', runDate),
  };
}

async function eachRecord(
  bytes: Buffer,
  list: PracticeList,
  visit: (record: ScannedRecord) => void,
): Promise<void> {
  const { encoding, delimiter, quote } = list.format;
  refuseOtherFormatsOfList(bytes, list.shownAs, encoding);
  const scanner = new TextScanner();
  try {
    const text = decodeText(inOnePiece(bytes), encoding, list.shownAs);
    for await (const { records } of scanBlocks(text, scanner, delimiter, quote, BLOCK_BYTES)) {
      for (const record of records()) visit(record);
    }
  } finally {
    scanner.clear();
  }
}

async function* inOnePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** The names in the header line. @throws TallystickError (exit 1) where a declared column is not among them, or twice */
function namesOf(header: ScannedRecord, list: PracticeList): string[] {
  const names = header.isUtf8 ? header.fields.map((field) => field.toString('utf8').trim()) : [];
  const { code, start, end, active, disabled } = list;
  const columns = [code, ...[start, end, active, disabled].flatMap((one) => one?.column ?? [])];
  if (columns.every((name) => names.filter((one) => one === name).length === 1)) return names;
  throw refused({
    file: list.shownAs,
    line: header.line,
    message: `the header of the ${WHAT} must name ${columns.join(', ')}, each once`,
  });
}

/** Reads one line: a practice, or what is wrong. */
function lineReader(
  { code, start, end, active, disabled, format }: PracticeList,
  names: readonly string[],
): (record: ScannedRecord) => PracticeLine | LineFault {
  return (record) => {
    if (record.badQuote) return { message: 'has a quoted cell that does not end where it should' };
    if (!record.isUtf8) return { message: `has bytes that are no text in ${format.encoding}` };
    if (record.fieldCount !== names.length) return { message: 'has too few or too many columns' };
    const cellOf = (column: string) => trimBlanks(record.field(names.indexOf(column))!.toString('utf8'));
    const practice = practiceCode(cellOf(code));
    if (practice === null) return { column: code, message: 'names no practice' };
    const [from, to] = [dateOf(start, cellOf), dateOf(end, cellOf)];
    if (from !== null && typeof from === 'object') return from;
    if (to !== null && typeof to === 'object') return to;
    const isActive = active === null ? true : isOn(active, cellOf);
    if (typeof isActive === 'object') return isActive;
    const isDisabled = disabled === null ? false : isOn(disabled, cellOf);
    if (typeof isDisabled === 'object') return isDisabled;
    return { code: practice, start: from, end: to, isActive, isDisabled };
  };
}

function dateOf(date: PracticeDate | null, cellOf: (column: string) => string): string | LineFault | null {
  if (date === null) return null;
  const text = cellOf(date.column);
  if (text === '' || date.missing.includes(text)) return null;
  const real = parseDate(text, date.format);
  return real === null
    ? { column: date.column, message: 'is not a date in the declared format' }
    : isoDate(real);
}

function isOn({ column, on, off }: PracticeSwitch, cellOf: (column: string) => string): boolean | LineFault {
  const cell = cellOf(column);
  if (on.includes(cell)) return true;
  return off.includes(cell) ? false : { column, message: 'is not a declared value' };
}
