import type { OptOutKind, OptOutType } from '../domain/opt-out.ts';
import type { FileFormat } from './file-format.ts';

/** A column whose every value has a declared meaning. */
export interface ValueColumn<Meaning extends string> {
  readonly column: string;
  /** the meaning of each value, blanks around it trimmed; a line with any other is faulty */
  readonly values: Readonly<Record<string, Meaning>>;
  /** what a faulty cell is not, in words */
  readonly expected: string;
}

/** What a line says about one opt-out. `none` as type or event: nothing. */
export interface ListStatement {
  readonly type: OptOutType | ValueColumn<OptOutType | 'none'>;
  readonly event: OptOutKind | ValueColumn<OptOutKind | 'none'>;
}

/** The column that dates the events of a line. */
export interface ListDate {
  readonly column: string;
  /** strptime-like format */
  readonly format: string;
  /** cells that mean "missing", besides the empty cell: the event is then undated */
  readonly missing: readonly string[];
  /** whether a date that the calendar does not have, such as 2020-02-30, makes an event undated; else its line is faulty */
  readonly mayBeImpossible: boolean;
}

/** How a delimited text file says who has opted out, or who may be used. */
export interface ListLayout {
  readonly format: FileFormat;
  /** every column, in order, of a file without a header line; null where the first line names them */
  readonly names: readonly string[] | null;
  readonly nhsNumber: string;
  /** what each line says; none of an allow-list, of which the numbers alone count */
  readonly statements: readonly ListStatement[];
  readonly date: ListDate | null;
}

/** The columns that are read, each once. */
export function columnsOf({ nhsNumber, statements, date }: ListLayout): readonly string[] {
  const ofValues = statements
    .flatMap(({ type, event }) => [type, event])
    .flatMap((one) => (typeof one === 'string' ? [] : [one.column]));
  return [...new Set([nhsNumber, ...ofValues, ...(date === null ? [] : [date.column])])];
}

/** The types of which a list with this layout may register opt-outs. */
export function typesOf({ statements }: ListLayout): readonly OptOutType[] {
  return [
    ...new Set(
      statements.flatMap(({ type, event }) => {
        const registers =
          typeof event === 'string'
            ? event === 'registered'
            : Object.values(event.values).includes('registered');
        if (!registers) return [];
        return typeof type === 'string'
          ? [type]
          : Object.values(type.values).flatMap((one) => (one === 'none' ? [] : [one]));
      }),
    ),
  ];
}

/** The layout of `optOuts.register`, tallystick's own: nhs_number, type, event, date. */
export const REGISTER_LAYOUT: ListLayout = {
  format: { delimiter: ',', quote: '"', encoding: 'utf-8' },
  names: null,
  nhsNumber: 'nhs_number',
  statements: [
    {
      type: {
        column: 'type',
        values: {
          '1': 'type-1',
          'type-1': 'type-1',
          '2': 'type-2',
          'type-2': 'type-2',
          national: 'national',
        },
        expected: '1, 2 or national',
      },
      event: {
        column: 'event',
        values: { registered: 'registered', withdrawn: 'withdrawn' },
        expected: 'registered or withdrawn',
      },
    },
  ],
  date: { column: 'date', format: '%Y-%m-%d', missing: [], mayBeImpossible: true },
};
