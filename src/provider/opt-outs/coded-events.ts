import { isoDate, parseDate } from '../../domain/date-format.ts';
import { MOST_KEPT } from '../../domain/long-refusal.ts';
import {
  mayHoldOptOutCode,
  type OptOutCodeTable,
  type OptOutReading,
  readOptOutCell,
} from '../../domain/opt-out-codes.ts';
import type { Problem } from '../../domain/problem.ts';
import type { CodedTable, ColumnSpec, TableSpec } from '../../pipeline/pipeline.ts';
import { unclearCode } from '../extract/locate-unclear-codes.ts';
import { lostCode } from '../extract/lost-code.ts';
import { payloadText } from '../extract/payload-value.ts';
import { rememberVerdicts } from '../extract/remember-verdicts.ts';
import type { SoughtColumn } from '../extract/row-finders.ts';
import { searchedSystemOf } from './opt-out-code-columns.ts';
import type { CellOf, FileReader, RecordedEvent, RecordedReader } from './recorded-reader.ts';

/**
 * The coded opt-outs of a table. Each distinct cell is read once by the rule of the domain.
 *
 * A record that cannot be parsed and has an opt-out code somewhere on it is a problem: its cells cannot be assigned to columns, so a
 * code counts wherever it is. A run that stops once too often is better than an opt-out that is passed over. So is a cell that may
 * be an opt-out code and cannot be read as one.
 */
export class CodedEvents implements RecordedReader {
  readonly sought: readonly SoughtColumn[];
  readonly columns: readonly ColumnSpec[];
  readonly #date: ColumnSpec | undefined;
  readonly #codes: OptOutCodeTable;
  readonly #readings: readonly {
    readonly column: ColumnSpec;
    readonly read: (cell: string) => OptOutReading;
  }[];

  /** @param codes those of every system: of a record that cannot be parsed, the column of a cell is unknown */
  constructor(table: TableSpec, coded: CodedTable, codes: OptOutCodeTable) {
    this.#codes = codes;
    this.#date = table.columns.find(({ name }) => name === coded.date);
    this.columns = table.columns.filter(({ name }) => name === coded.date || coded.columns.includes(name));
    this.#readings = coded.columns.map((name) => {
      const column = table.columns.find((one) => one.name === name)!;
      const system = searchedSystemOf(column);
      const read = (cell: string) => {
        const text = payloadText(column, cell);
        return text === null ? 'none' : readOptOutCell(system, text, codes);
      };
      return { column, read: rememberVerdicts(read) };
    });
    this.sought = this.#readings.map(({ column: { name }, read }) => ({
      name,
      isSought: (cell) => read(cell) !== 'none',
    }));
  }

  inFile(shownAs: string, cellOf: CellOf, events: RecordedEvent[]): FileReader {
    const lost: Problem[] = [];
    const unclear: Problem[] = [];
    return {
      found: (record, owner) => {
        for (const { column, read } of this.#readings) {
          const reading = read(cellOf(record, column.name));
          if (reading === 'none') continue;
          if (reading === 'unclear') {
            const location = { file: shownAs, line: record.line, column: column.name };
            if (unclear.length < MOST_KEPT) unclear.push(unclearCode(location, column));
            continue;
          }
          const date = this.#date === undefined ? null : dateIn(this.#date, cellOf(record, this.#date.name));
          events.push({ owner, event: { type: reading.type, kind: reading.kind, date }, origin: 'code' });
        }
      },
      unparsed: ({ fields, line }) => {
        if (lost.length === MOST_KEPT) return;
        if (fields.some((field) => mayHoldOptOutCode(field.toString('utf8'), this.#codes)))
          lost.push(lostCode({ file: shownAs, line }));
      },
      problems: () => [...lost, ...unclear],
    };
  }
}

/** YYYY-MM-DD; null where there is no date in the column's format, and then the event is undated. */
function dateIn(column: ColumnSpec, cell: string): string | null {
  const date = parseDate(payloadText(column, cell), column.format);
  return date === null ? null : isoDate(date);
}
