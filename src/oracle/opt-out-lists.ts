import { readFileSync, statSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { isSilenceImpossible } from '../domain/expected-opt-outs.ts';
import { ageOfList, isFileTimeBelievable } from '../domain/list-age.ts';
import { standardiseNhsNumber } from '../domain/nhs-number.ts';
import type { OptOutEvent, OptOutType } from '../domain/opt-out.ts';
import { refused, TallystickError } from '../domain/problem.ts';
import { isNationalLedger, type OptOutList, type Pipeline } from '../pipeline/pipeline.ts';

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

function checkAge(list: OptOutList, events: readonly (string | null)[], runDate: string): void {
  const { mtimeMs, ctimeMs } = statSync(list.file);
  const fileDay = new Date(mtimeMs).toISOString().slice(0, 10);
  const { days, from } = ageOfList({ asOf: list.asOf, events, fileDay }, list.maxAgeDays, runDate);
  const isOfTheFuture =
    (list.asOf ?? '') > runDate || (from === 'file-time' && !isFileTimeBelievable(mtimeMs, ctimeMs));
  if (isOfTheFuture || days > list.maxAgeDays) throw refusedList(list, 'stale, or of the future');
}

function refusedList(list: OptOutList, message: string): Error {
  return refused({ file: list.shownAs, message });
}
