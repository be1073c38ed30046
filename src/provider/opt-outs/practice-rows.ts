import type { Finding } from '../../domain/finding.ts';
import { type PracticeSharing, practiceCode } from '../../domain/practice-sharing.ts';
import type { ColumnSpec, PracticeList, TableSpec } from '../../pipeline/pipeline.ts';
import { payloadText } from '../extract/payload-value.ts';
import type { SoughtColumn } from '../extract/row-finders.ts';
import type { CellOf, FileReader, RecordedEvent, RecordedReader } from './recorded-reader.ts';

/** What looks through a patients table for practices that do not share; null for other tables, and where practices are not checked. */
export function practiceRows(
  table: TableSpec,
  list: PracticeList | null,
  sharing: PracticeSharing | null,
): PracticeRows | null {
  if (list === null || sharing === null || table.kind !== 'patients') return null;
  const named = list.organisations.find(({ source }) => source === table.source);
  const column = table.columns.find(({ name }) => name === named?.column);
  return column === undefined ? null : new PracticeRows(table, column, sharing);
}

/**
 * The patients of practices that do not share. A row that cannot be parsed is in quarantine, and everything that may point at it stops,
 * so that its practice is not asked for.
 */
export class PracticeRows implements RecordedReader {
  readonly sought: readonly SoughtColumn[];
  readonly columns: readonly ColumnSpec[];
  readonly #table: TableSpec;
  readonly #column: ColumnSpec;
  readonly #sharing: PracticeSharing;
  /** rows of practices that the list does not name */
  #unnamed = 0;

  constructor(table: TableSpec, column: ColumnSpec, sharing: PracticeSharing) {
    this.#table = table;
    this.#column = column;
    this.#sharing = sharing;
    this.columns = [column];
    this.sought = [
      { name: column.name, isSought: (cell) => sharing.reasonsOf(this.#codeOf(cell)).length > 0 },
    ];
  }

  inFile(_shownAs: string, cellOf: CellOf, events: RecordedEvent[]): FileReader {
    return {
      found: (record, owner) => {
        const code = this.#codeOf(cellOf(record, this.#column.name));
        const reasons = this.#sharing.reasonsOf(code);
        if (reasons.length > 0 && code !== null && !this.#sharing.has(code)) this.#unnamed += 1;
        for (const type of reasons)
          events.push({ owner, event: { type, kind: 'registered', date: null }, origin: 'practice' });
      },
      unparsed: () => {},
      problems: () => [],
    };
  }

  /** Of all files: patients of practices that the list does not name. */
  findings(): Finding[] {
    if (this.#unnamed === 0) return [];
    return [
      {
        check: 'unknown-practices',
        severity: 'warn',
        column: this.#column.name,
        message: `${this.#unnamed} patients in ${this.#table.name} are of practices that the list of practices does not name`,
        wayOut: 'they are held as those of an inactive practice; see that both write the codes alike',
      },
    ];
  }

  #codeOf(cell: string): string | null {
    const text = payloadText(this.#column, cell);
    return text === null ? null : practiceCode(text);
  }
}
