import type { Draw } from './draw.ts';
import type { SourceDraft, TableDraft } from './source.ts';

/** Columns that the rules of implausible links look at, in a family's tables. */
export interface Happened {
  /** YYYY-MM-DD */
  readonly from: string;
  readonly to: string;
  readonly icd: string;
  readonly died: string;
}

/** Days around each other, so that what happens on them clashes, touches, or just does not; and some are ten years old in 1990. */
const FROM = ['2024-03-01', '2024-03-02', '2024-03-04', '2024-03-30', '1989-12-31', '1990-01-01'];
const TO = ['2024-03-02', '2024-03-03', '2024-03-04', '2024-03-06', '2025-03-01', '2025-03-02'];
const DIED = ['2024-02-26', '2024-02-27', '2024-03-01', '1899-12-31'];
const CODES = ['Z380', 'O800', 'Z372', 'I10X', ''];

export function drawHappened(draw: Draw): Happened {
  return {
    from: draw.usually(95, draw.oneOf(FROM), ['']),
    to: draw.usually(90, draw.oneOf(TO), ['']),
    icd: draw.oneOf(CODES),
    died: draw.chance(25) ? draw.oneOf(DIED) : '',
  };
}

/** What a story declares for the rules, as far as its tables have it; nothing now and then. */
export function declareImplausible(draw: Draw, sources: readonly SourceDraft[]): object {
  const tables = sources.flatMap((one) => one.tables);
  const statesDeaths = sources.some(({ patients, tables: own }) =>
    (patients === null ? own.filter(({ columns }) => !('up' in columns)) : [patients]).some(
      ({ columns }) => columnsOf(columns, ['date-of-death']).length > 0,
    ),
  );
  const declare = (fits: (table: TableDraft) => object | null) =>
    Object.fromEntries(
      draw.some(tables, 85).flatMap((table) => {
        const declared = fits(table);
        return declared === null ? [] : [[table.name, declared] as const];
      }),
    );
  const activity = declare(({ date, columns }) => {
    if (date === null || !statesDeaths) return null;
    const [column] = draw.shuffled(columnsOf(columns, ['category', 'code']));
    return column === undefined || draw.chance(70)
      ? {}
      : { where: { column, values: draw.oneOf([['A', 'B'], ['I10X', 'O800', '44054006'], ['nobody']]) } };
  });
  const stays = declare(({ columns }) => {
    const days = columnsOf(columns, ['date', 'timestamp']);
    const [provider] = columnsOf(columns, ['organisation']);
    return provider === undefined || days.length < 2 ? null : { from: days[0], to: days[1], provider };
  });
  const births = declare(({ date, columns }) =>
    date === null || !('icd' in columns) ? null : { codes: ['icd'] },
  );
  const declared = [
    ['activity', activity],
    ['stays', stays],
    ['births', births],
  ].filter(([, one]) => Object.keys(one as object).length > 0);
  if (declared.length === 0) return {};
  return {
    implausible: {
      ...Object.fromEntries(declared),
      ...(draw.chance(30) ? { birthCodes: { delivery: ['B20', 'O8'], newborn: ['E11', 'Z38'] } } : {}),
    },
    ...(draw.chance(50) ? { quarantineImplausible: true } : {}),
  };
}

function columnsOf(columns: TableDraft['columns'], roles: readonly string[]): string[] {
  return Object.entries(columns)
    .filter(([, column]) => roles.includes((column as { role: string }).role))
    .map(([name]) => name)
    .sort();
}
