import { isoDate, parseDate } from '../../domain/date-format.ts';
import { type NhsNumber, standardiseNhsNumber } from '../../domain/nhs-number.ts';
import type { OptOutEvent } from '../../domain/opt-out.ts';
import { trimBlanks } from '../../domain/standardised-text.ts';
import type { ListDate, ListLayout, ListStatement, ValueColumn } from '../../pipeline/list-layout.ts';
import { numberFault } from './read-list.ts';

/** What one line of a list says: whose it is, and the events of that person. */
export interface ListLine {
  readonly nhsNumber: NhsNumber;
  readonly events: readonly OptOutEvent[];
}

/** What is wrong with a line; `column` by its name, absent where it is the whole line. */
export interface LineFault {
  readonly column?: string;
  readonly message: string;
}

/** The cell of a line in the column with this index. */
export type CellAt = (index: number) => string;

/** Reads the cells of one line: its number and events, or what is wrong with it. */
export type LineReader = (cellAt: CellAt) => ListLine | LineFault;

/**
 * The reader of lines with this layout. A list decides who is left out, so that nothing about a line is tolerated: a value that
 * is not declared, a date in another format or a number that is not valid makes it faulty.
 *
 * @param names of the file's columns, in order: each column of the layout is among them once
 */
export function lineReader(
  layout: ListLayout,
  names: readonly string[],
  allowTestRange: boolean,
): LineReader {
  const numberIndex = names.indexOf(layout.nhsNumber);
  const statements = layout.statements.map((one) => statementReader(one, names));
  const dateOf = dateReader(layout.date, names);
  return (cellAt) => {
    const events: OptOutEvent[] = [];
    let fault: LineFault | null = null;
    for (const statement of statements) {
      const said = statement(cellAt);
      if (said === null) continue;
      if ('message' in said) fault ??= said;
      else events.push({ ...said, date: null });
    }
    if (fault !== null) return fault;
    // looked at where the line says nothing as well: a date in another format is a fault of the list
    const date = dateOf(cellAt);
    if (date !== null && typeof date === 'object') return date;
    const { value, outcome } = standardiseNhsNumber(cellAt(numberIndex), { allowTestRange });
    if (value === null) return { column: layout.nhsNumber, message: numberFault(outcome) };
    return { nhsNumber: value, events: date === null ? events : events.map((one) => ({ ...one, date })) };
  };
}

/** What a statement says of a line, without its date; null where it says nothing. */
function statementReader(
  { type, event }: ListStatement,
  names: readonly string[],
): (cellAt: CellAt) => Omit<OptOutEvent, 'date'> | LineFault | null {
  const typeOf = typeof type === 'string' ? () => type : valueReader(type, names);
  const kindOf = typeof event === 'string' ? () => event : valueReader(event, names);
  return (cellAt) => {
    const is = typeOf(cellAt);
    if (typeof is === 'object') return is;
    const kind = kindOf(cellAt);
    if (typeof kind === 'object') return kind;
    return is === 'none' || kind === 'none' ? null : { type: is, kind };
  };
}

function valueReader<Meaning extends string>(
  { column, values, expected }: ValueColumn<Meaning>,
  names: readonly string[],
): (cellAt: CellAt) => Meaning | LineFault {
  const index = names.indexOf(column);
  const meanings = new Map(Object.entries(values) as [string, Meaning][]);
  const fault: LineFault = { column, message: `is not ${expected}` };
  return (cellAt) => {
    const cell = cellAt(index);
    return meanings.get(cell) ?? meanings.get(trimBlanks(cell)) ?? fault;
  };
}

/** The date of a line, YYYY-MM-DD; null where it has none. */
function dateReader(
  date: ListDate | null,
  names: readonly string[],
): (cellAt: CellAt) => string | LineFault | null {
  if (date === null) return () => null;
  const { column, format, missing, mayBeImpossible } = date;
  const index = names.indexOf(column);
  const written = format.replace('%Y', 'YYYY').replace('%m', 'MM').replace('%d', 'DD');
  const fault: LineFault = { column, message: `is not a date, ${written}` };
  const known = new Map<string, string | LineFault | null>();
  const read = (cell: string): string | LineFault | null => {
    const text = trimBlanks(cell);
    if (text === '' || missing.includes(text)) return null;
    const real = parseDate(text, format);
    if (real !== null) return isoDate(real);
    // as it is written: it is judged with the date of every other event
    return mayBeImpossible && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : fault;
  };
  return (cellAt) => {
    const cell = cellAt(index);
    let found = known.get(cell);
    if (found === undefined) {
      found = read(cell);
      if (known.size < MOST_DATES) known.set(cell, found);
    }
    return found;
  };
}

/** More texts than these are no dates of opt-outs: there are 10,000 days in 27 years. */
const MOST_DATES = 2 ** 16;
