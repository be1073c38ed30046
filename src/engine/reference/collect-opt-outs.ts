import { readFileSync, statSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { isoDate, parseDate } from '../../domain/date-format.ts';
import { standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { type OptOutEvent, type OptOutType, standingOptOuts } from '../../domain/opt-out.ts';
import { classifyOptOutCode, type OptOutCodeSystem, optOutCodes } from '../../domain/opt-out-codes.ts';
import { refused } from '../../domain/problem.ts';
import type { OptOutList, Pipeline } from '../../pipeline/pipeline.ts';
import type { DeliveredTable } from './read-files.ts';
import { columnOf, keyText, nhsNumberOf } from './standardise.ts';

/** What stands on the run date. */
export interface OptOuts {
  readonly ofNhsNumber: (nhsNumber: string, type: OptOutType) => boolean;
  /** opt-outs coded for a patient of whom no valid NHS number is known */
  readonly ofPatient: (source: string, patientKey: string, type: OptOutType) => boolean;
  /** those of patients of one source that act below the identity boundary, by patient key */
  readonly unnumbered: readonly { readonly source: string; readonly patientKey: string }[];
  /** the only NHS numbers that may be used; null without a reply of the national service */
  readonly allowed: ReadonlySet<string> | null;
}

const TYPES: Readonly<Record<string, OptOutType>> = {
  '1': 'type-1',
  'type-1': 'type-1',
  '2': 'type-2',
  'type-2': 'type-2',
  national: 'national',
};

/** Events by whom they are held against: an NHS number, or a patient of a source. */
type Timelines = Map<string, OptOutEvent[]>;

/**
 * Puts each person's events, of the register and of coded records, on one timeline.
 *
 * @throws TallystickError (exit 1) for a list that cannot be trusted
 */
export function collectOptOuts(
  pipeline: Pipeline,
  delivered: readonly DeliveredTable[],
  runDate: string,
  superseded: ReadonlyMap<string, string>,
): OptOuts {
  const current = (nhsNumber: string) => superseded.get(nhsNumber) ?? nhsNumber;
  const timelines: Timelines = new Map();
  addRegister(timelines, pipeline, runDate, current);
  const unnumbered = new Map<string, { source: string; patientKey: string }>();
  addCodedEvents(timelines, unnumbered, pipeline, delivered, current);
  const stands = (whom: string, type: OptOutType) =>
    standingOptOuts(timelines.get(whom) ?? [], runDate).has(type);
  const allowed = readReply(pipeline, runDate);
  return {
    ofNhsNumber: (nhsNumber, type) => stands(nhsNumber, type),
    ofPatient: (source, patientKey, type) => stands(patientOf(source, patientKey), type),
    unnumbered: [...unnumbered].flatMap(([whom, one]) =>
      stands(whom, 'type-2') || stands(whom, 'national') ? [one] : [],
    ),
    allowed,
  };
}

function note(timelines: Timelines, whom: string, event: OptOutEvent): void {
  timelines.set(whom, [...(timelines.get(whom) ?? []), event]);
}

function patientOf(source: string, patientKey: string): string {
  return `patient of ${source}: ${patientKey}`;
}

function addRegister(
  timelines: Timelines,
  pipeline: Pipeline,
  runDate: string,
  current: (nhsNumber: string) => string,
): void {
  const list = pipeline.optOuts.register;
  if (list === null) return;
  const text = readList(list, runDate);
  const entries = parse(text, {
    bom: true,
    columns: (header: string[]) => header.map((name) => name.trim()),
    skip_empty_lines: true,
    trim: true,
  }) as Record<string, string>[];
  if (entries.length === 0 && !list.allowEmpty) throw refusedList(list, 'is empty');
  let usable = 0;
  for (const entry of entries) {
    const type = TYPES[entry['type'] ?? ''];
    const kind = entry['event'];
    const date = entry['date'] ?? '-';
    if (type === undefined || (kind !== 'registered' && kind !== 'withdrawn'))
      throw refusedList(list, 'event');
    if (!/^(\d{4}-\d{2}-\d{2})?$/.test(date)) throw refusedList(list, 'date');
    const { value } = standardiseNhsNumber(entry['nhs_number'] ?? '', { allowTestRange: pipeline.synthetic });
    if (value === null) continue;
    usable += 1;
    note(timelines, current(value), { type, kind, date: date === '' ? null : date });
  }
  if (entries.length > 0 && usable === 0) throw refusedList(list, 'no valid NHS number');
}

/**
 * A patient's decision counts even if other cells of its row are faulty, so this looks at rows as they were delivered.
 * An event coded under any of a person's patient keys is held against the NHS number of that key. Of a row that cannot be
 * parsed nobody can say whose decision it is: one with a code on it, in whatever cell, is a delivery to refuse.
 */
function addCodedEvents(
  timelines: Timelines,
  unnumbered: Map<string, { source: string; patientKey: string }>,
  pipeline: Pipeline,
  delivered: readonly DeliveredTable[],
  current: (nhsNumber: string) => string,
): void {
  const { codes, codeOverrides } = pipeline.optOuts;
  if (codes === null) return;
  const { table, rows, unparsed } = delivered.find((one) => one.table.name === codes.table)!;
  const codeTable = optOutCodes(codeOverrides);
  const systems = codes.columns.map((name) => table.columns.find((one) => one.name === name)!.system);
  const known = codeTable.codes.filter(({ system }) => systems.includes(system)).map(({ code }) => code);
  const lost = unparsed.find(({ cells }) => cells.some((cell) => known.some((code) => cell.includes(code))));
  if (lost !== undefined)
    throw refused({ file: lost.file, line: lost.line, message: 'an opt-out may stand on this row' });
  const date = table.columns.find(({ name }) => name === codes.date)!;
  const nhsNumbers = new Map<string, string>();
  for (const patients of delivered.filter((one) => one.table.kind === 'patients')) {
    if (patients.table.source !== table.source) continue;
    for (const row of patients.rows) {
      const key = keyText(row, columnOf(patients.table, 'patient-key'));
      const nhsNumber = nhsNumberOf(row, patients.table, pipeline);
      if (key !== null && nhsNumber !== null) nhsNumbers.set(key, current(nhsNumber));
    }
  }
  for (const row of rows) {
    const key = keyText(row, columnOf(table, 'patient-key'));
    if (key === null) continue;
    for (const name of codes.columns) {
      const column = table.columns.find((one) => one.name === name)!;
      const code = keyText(row, column);
      const entry =
        code === null ? null : classifyOptOutCode(column.system as OptOutCodeSystem, code, codeTable);
      if (entry === null) continue;
      const day = parseDate(keyText(row, date), date.format);
      const event = { type: entry.type, kind: entry.kind, date: day === null ? null : isoDate(day) };
      const whom = nhsNumbers.get(key) ?? patientOf(table.source, key);
      if (!nhsNumbers.has(key)) unnumbered.set(whom, { source: table.source, patientKey: key });
      note(timelines, whom, event);
    }
  }
}

/** The reply of the national service: an NHS number and a comma on each line, and nothing else. */
function readReply(pipeline: Pipeline, runDate: string): ReadonlySet<string> | null {
  const list = pipeline.optOuts.national;
  if (list === null) return null;
  const lines = readList(list, runDate)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  if (lines.length === 0 && !list.allowEmpty) throw refusedList(list, 'is empty');
  const numbers = lines.map((line) => {
    const [number = '', rest] = line.split(',');
    const { value } = standardiseNhsNumber(number, { allowTestRange: pipeline.synthetic });
    if (value === null || rest?.trim() !== '') throw refusedList(list, 'is damaged');
    return value;
  });
  return new Set(numbers);
}

function readList(list: OptOutList, runDate: string): string {
  const stat = statSync(list.file, { throwIfNoEntry: false });
  if (stat === undefined) throw refusedList(list, 'is missing');
  const asOf = list.asOf === null ? stat.mtimeMs : Date.parse(list.asOf);
  if (Math.floor((Date.parse(runDate) - asOf) / 86_400_000) > list.maxAgeDays)
    throw refusedList(list, 'stale');
  return readFileSync(list.file, 'utf8').replace(/^\ufeff/, '');
}

function refusedList(list: OptOutList, message: string): Error {
  return refused({ file: list.shownAs, message });
}
