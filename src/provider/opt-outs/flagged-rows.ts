import type { Finding } from '../../domain/finding.ts';
import { trimBlanks } from '../../domain/standardised-text.ts';
import type { ColumnSpec, TableSpec } from '../../pipeline/pipeline.ts';
import type { SoughtColumn } from '../extract/row-finders.ts';
import type { CellOf, FileReader, RecordedEvent, RecordedReader } from './recorded-reader.ts';

/** The opt-out flags of a table. A patient with any flag but that for no opt-out has opted out, on an unknown day. */
export class FlaggedRows implements RecordedReader {
  readonly sought: readonly SoughtColumn[];
  readonly columns: readonly ColumnSpec[];
  readonly #table: TableSpec;
  readonly #undeclared = new Map<string, number>();

  constructor(table: TableSpec) {
    this.#table = table;
    this.columns = table.columns.filter(({ flag }) => flag !== null);
    this.sought = this.columns.map(({ name, flag }) => ({
      name,
      isSought: (cell) => !flag!.none.includes(trimBlanks(cell)),
    }));
  }

  inFile(shownAs: string, cellOf: CellOf, events: RecordedEvent[]): FileReader {
    let lost = 0;
    return {
      found: (record, owner) => {
        for (const { name, flag } of this.columns) {
          const cell = trimBlanks(cellOf(record, name));
          if (flag!.none.includes(cell)) continue;
          if (!flag!.registered.includes(cell))
            this.#undeclared.set(name, (this.#undeclared.get(name) ?? 0) + 1);
          events.push({ owner, event: { type: flag!.type, kind: 'registered', date: null }, origin: 'flag' });
        }
      },
      unparsed: () => {
        lost += 1;
      },
      problems: () =>
        lost === 0
          ? []
          : [
              {
                file: shownAs,
                message: `${lost} rows cannot be read, and they may have an opt-out flag`,
                wayOut:
                  'have the rows repaired: a run without them could release what their patients refused',
              },
            ],
    };
  }

  /** The findings of all files about values of flags that are not declared. */
  findings(): Finding[] {
    return this.columns.flatMap(({ name }): Finding[] => {
      const cells = this.#undeclared.get(name) ?? 0;
      if (cells === 0) return [];
      return [
        {
          check: 'opt-out-flag-values',
          severity: 'warn',
          column: name,
          message: `${cells} cells of the opt-out-flag ${name} in ${this.#table.name} hold a value that is not declared`,
          wayOut: 'each counts as an opt-out; declare in values what they mean, the empty cell ("") as well',
        },
      ];
    });
  }
}
