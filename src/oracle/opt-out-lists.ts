import { readFileSync, statSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { isoDate, parseDate } from '../domain/date-format.ts';
import { isSilenceImpossible } from '../domain/expected-opt-outs.ts';
import { ageOfList, isFileTimeBelievable } from '../domain/list-age.ts';
import { standardiseNhsNumber } from '../domain/nhs-number.ts';
import type { OptOutEvent, OptOutType } from '../domain/opt-out.ts';
import { refused, TallystickError } from '../domain/problem.ts';
import { trimBlanks } from '../domain/standardised-text.ts';
import type { FileFormat } from '../pipeline/file-format.ts';
import { type DeclaredList, isNationalLedger, type OptOutList, type Pipeline } from '../pipeline/pipeline.ts';
import { decode, splitRecords } from './read-files.ts';

/** A line of the register. */
export interface RegisterEntry {
  readonly nhsNumber: string;
  readonly event: OptOutEvent;
}

const TYPES: Readonly<Record<string, OptOutType>> = {
  '1': 'type-1',
  'type-1': 'type-1',
  '2': 'type-2',
  'type-2': 'type-2',
  national: 'national',
};

/**
 * Every line of the register.
 *
 * @throws TallystickError (exit 1) for a register with a line that cannot be read, or that cannot be trusted
 */
export function readRegister({ optOuts, synthetic }: Pipeline, runDate: string): RegisterEntry[] {
  const list = optOuts.register;
  if (list === null) return [];
  let entries: Record<string, string>[];
  try {
    entries = parse(readText(list), {
      bom: true,
      columns: (header: string[]) => header.map((name) => name.trim()),
      skip_empty_lines: true,
      trim: true,
    });
  } catch (fault) {
    throw fault instanceof TallystickError ? fault : refusedList(list, 'too few or too many columns');
  }
  if (entries.length === 0 && !list.allowEmpty) throw refusedList(list, 'is empty');
  const read = entries.map((entry): RegisterEntry => {
    const type = TYPES[entry['type'] ?? ''];
    const kind = entry['event'];
    const date = entry['date'] ?? '-';
    const { value } = standardiseNhsNumber(entry['nhs_number'] ?? '', { allowTestRange: synthetic });
    if (type === undefined || (kind !== 'registered' && kind !== 'withdrawn'))
      throw refusedList(list, 'event');
    if (!/^(\d{4}-\d{2}-\d{2})?$/.test(date)) throw refusedList(list, 'date');
    if (value === null) throw refusedList(list, 'no valid NHS number');
    return { nhsNumber: value, event: { type, kind, date: date === '' ? null : date } };
  });
  checkAge(
    list,
    read.map(({ event }) => event.date),
    runDate,
  );
  return read;
}

/** A list in a layout of its own, read. */
export interface DeclaredEntries {
  readonly list: DeclaredList;
  readonly entries: readonly RegisterEntry[];
  /** of every line */
  readonly numbers: readonly string[];
}

/**
 * Every line of every list in a layout of its own.
 *
 * @throws TallystickError (exit 1) for a list with a line that cannot be read, or that cannot be trusted
 */
export function readDeclared({ optOuts, synthetic }: Pipeline, runDate: string): DeclaredEntries[] {
  return optOuts.lists.map((list) => {
    const lines = linesOf(list).map((cells) => readLine(list, cells, synthetic));
    if (lines.length === 0 && !list.allowEmpty) throw refusedList(list, 'is empty');
    const entries = lines.flatMap((line) => line.entries);
    checkAge(
      list,
      entries.map(({ event }) => event.date),
      runDate,
    );
    return { list, entries, numbers: lines.map(({ nhsNumber }) => nhsNumber) };
  });
}

/** The records of a list in its format. */
export function recordsOf(
  list: OptOutList,
  format: FileFormat,
): readonly { readonly cells: readonly string[] }[] {
  if (statSync(list.file, { throwIfNoEntry: false }) === undefined) throw refusedList(list, 'is missing');
  try {
    // the carriage return of a line end that was cut is no part of the last cell
    const text = decode(readFileSync(list.file), format).replace(/^\ufeff|\r$/g, '');
    return splitRecords(text, format, true);
  } catch {
    throw refusedList(list, 'no text in its encoding, or in its quotes');
  }
}

/** The cells of each line by the name of their column, blanks around them trimmed. */
function linesOf(list: DeclaredList): ReadonlyMap<string, string>[] {
  const { format, names, nhsNumber, statements, date } = list.layout;
  const records = recordsOf(list, format);
  const header = names ?? (records[0]?.cells ?? []).map((name) => name.trim());
  const declared = [
    nhsNumber,
    ...statements.flatMap(({ type, event }) =>
      [type, event].flatMap((one) => (typeof one === 'string' ? [] : [one.column])),
    ),
    ...(date === null ? [] : [date.column]),
  ];
  if (records.length > 0 && declared.some((name) => header.filter((one) => one === name).length !== 1))
    throw refusedList(list, 'a column is missing');
  return records.slice(names === null ? 1 : 0).map(({ cells }) => {
    if (cells.length !== header.length) throw refusedList(list, 'too few or too many columns');
    return new Map(header.map((name, index) => [name, trimBlanks(cells[index]!)]));
  });
}

function readLine(
  list: DeclaredList,
  cells: ReadonlyMap<string, string>,
  synthetic: boolean,
): { readonly nhsNumber: string; readonly entries: readonly RegisterEntry[] } {
  const { nhsNumber: column, statements, date } = list.layout;
  const meaning = <T extends string>(of: T | { column: string; values: Readonly<Record<string, T>> }): T => {
    if (typeof of === 'string') return of;
    const found = Object.entries(of.values).find(([value]) => value === cells.get(of.column));
    if (found === undefined) throw refusedList(list, 'a value that is not declared');
    return found[1];
  };
  const { value } = standardiseNhsNumber(cells.get(column)!, { allowTestRange: synthetic });
  if (value === null) throw refusedList(list, 'no valid NHS number');
  const written = date === null ? '' : cells.get(date.column)!;
  const isDated = date !== null && written !== '' && !date.missing.includes(written);
  const day = isDated ? parseDate(written, date.format) : null;
  if (isDated && day === null) throw refusedList(list, 'date');
  const entries = statements.flatMap((one): RegisterEntry[] => {
    const type = meaning(one.type);
    const kind = meaning(one.event);
    if (type === 'none' || kind === 'none') return [];
    return [{ nhsNumber: value, event: { type, kind, date: day === null ? null : isoDate(day) } }];
  });
  return { nhsNumber: value, entries };
}

/**
 * The only NHS numbers that may be used, by the reply of the national service: a number and a comma on each line, and
 * nothing else; null where no reply is declared.
 *
 * @throws TallystickError (exit 1) for a reply that is damaged, or not a part of its request
 */
export function readReply({ optOuts, synthetic }: Pipeline, runDate: string): ReadonlySet<string> | null {
  const list = optOuts.national;
  if (list === null || isNationalLedger(list)) return null;
  const allowed = readNumbers(list, synthetic);
  if (allowed.size === 0 && !list.allowEmpty) throw refusedList(list, 'is empty');
  if (list.request !== null) {
    const asked = readNumbers({ ...list, ...list.request }, synthetic);
    if ([...allowed].some((number) => !asked.has(number))) throw refusedList(list, 'answers another request');
    const { expectedRate } = optOuts;
    const isWhole = allowed.size === asked.size;
    if (isWhole && expectedRate !== null && isSilenceImpossible(asked.size, expectedRate))
      throw refusedList(list, 'nobody has opted out');
  }
  checkAge(list, [], runDate);
  return allowed;
}

function readNumbers(list: OptOutList, synthetic: boolean): Set<string> {
  const lines = readText(list)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const numbers = lines.map((line) => {
    const [number = '', rest] = line.split(',');
    const { value } = standardiseNhsNumber(number, { allowTestRange: synthetic });
    if (value === null || rest?.trim() !== '') throw refusedList(list, 'is damaged');
    return value;
  });
  return new Set(numbers);
}

function readText(list: OptOutList): string {
  if (statSync(list.file, { throwIfNoEntry: false }) === undefined) throw refusedList(list, 'is missing');
  return readFileSync(list.file, 'utf8').replace(/^\ufeff/, '');
}

export function checkAge(list: OptOutList, events: readonly (string | null)[], runDate: string): void {
  const { mtimeMs, ctimeMs } = statSync(list.file);
  const fileDay = new Date(mtimeMs).toISOString().slice(0, 10);
  const { days, from } = ageOfList({ asOf: list.asOf, events, fileDay }, list.maxAgeDays, runDate);
  const isOfTheFuture =
    (list.asOf ?? '') > runDate || (from === 'file-time' && !isFileTimeBelievable(mtimeMs, ctimeMs));
  if (isOfTheFuture || days > list.maxAgeDays) throw refusedList(list, 'stale, or of the future');
}

export function refusedList(list: OptOutList, message: string): Error {
  return refused({ file: list.shownAs, message });
}
