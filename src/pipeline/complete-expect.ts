import type { Limits } from '../domain/expectation.ts';
import type { Role } from '../domain/role.ts';
import type { Complain } from './complain.ts';
import type { ExpectFile } from './expect-schema.ts';
import type { ColumnLimits, Expectations } from './expectations.ts';
import type { Path } from './locate.ts';
import type { SourceSpec, TableSpec } from './pipeline.ts';

/** A month of nights: a slow fall is noticed by comparison with the best of them. */
const DEFAULT_NIGHTS = 30;
/** A nightly extract that differs by a third deserves a warning; one that differs by a half is not the same extract. */
const DEFAULT_ROWS: Limits = { warn: 0.3, stop: 0.5 };
/**
 * In points. A column that lost a fifth of its valid cells in one month was changed by somebody, and a missing number finds no
 * opt-out. A column with less than a tenth of valid cells is no identifier column.
 */
const DEFAULT_VALID: ColumnLimits = { warn: 0.05, stop: 0.2, atLeast: 0.1 };
/** In points: the linkage rate of an established source changes by less than one from night to night. */
const DEFAULT_LINKED: Limits = { warn: 0.02, stop: 0.1 };
/** An opt-out list may shrink by a tenth before it is called a sharp fall. */
const DEFAULT_OPT_OUTS: Limits = { warn: null, stop: 0.1 };
/** A twentieth in a month, by a fall that is steady, is half a list in a year. */
const DEFAULT_STEADY: Limits = { warn: null, stop: 0.05 };
/** A practice loses half of its opt-outs when half of its patients move away, or when codes are not passed on. */
const DEFAULT_PRACTICES: Limits = { warn: null, stop: 0.5 };
/** Half of a file in another file of its table: it was delivered twice. */
const DEFAULT_REPEATS: Limits = { warn: null, stop: 0.5 };

/** Roles whose cells are standardised, and so counted by outcome. */
const IDENTIFIERS: readonly Role[] = ['nhs-number', 'date-of-birth', 'sex', 'postcode'];

interface LimitsFile {
  readonly warn?: string | undefined;
  readonly stop?: string | undefined;
}

/**
 * The expectations of a night, with a limit for every table and every identifier column; each name in `expect` is checked.
 *
 * @param maxFall `optOuts.maxFall` as it is written: another name of `expect.optOuts.stop`
 */
export function completeExpect(
  given: ExpectFile | undefined,
  maxFall: string | undefined,
  sources: readonly SourceSpec[],
  complain: Complain,
): Expectations {
  const tables = sources.flatMap(({ patients, addresses, tables }) => [
    ...(patients === null ? [] : [patients]),
    ...(addresses === null ? [] : [addresses]),
    ...tables,
  ]);
  if (maxFall !== undefined && given?.optOuts?.stop !== undefined) {
    complain(
      ['optOuts', 'maxFall'],
      'the permitted fall of opt-outs is given twice',
      'leave it out here: expect.optOuts.stop is the same setting',
      true,
    );
  }
  checkTables(given?.rows?.tables, ['expect', 'rows', 'tables'], tables, complain);
  checkColumns(given, tables, complain);
  const rows = limitsOf(given?.rows, DEFAULT_ROWS);
  const valid = columnLimits(given?.valid, DEFAULT_VALID);
  return {
    nights: given?.nights ?? DEFAULT_NIGHTS,
    rows: Object.fromEntries(tables.map(({ name }) => [name, limitsOf(given?.rows?.tables?.[name], rows)])),
    valid: Object.fromEntries(
      tables.map(({ name, columns }) => [
        name,
        Object.fromEntries(
          columns
            .filter(({ role }) => IDENTIFIERS.includes(role))
            .map((column) => [
              column.name,
              columnLimits(given?.valid?.columns?.[name]?.[column.name], valid),
            ]),
        ),
      ]),
    ),
    linked: limitsOf(given?.linked, DEFAULT_LINKED),
    optOuts: {
      ...limitsOf(
        { ...(maxFall === undefined ? {} : { stop: maxFall }), ...given?.optOuts },
        DEFAULT_OPT_OUTS,
      ),
      steady: limitsOf(given?.optOuts?.steady, DEFAULT_STEADY),
      practices: limitsOf(given?.optOuts?.practices, DEFAULT_PRACTICES),
    },
    repeats: limitsOf(given?.repeats, DEFAULT_REPEATS),
  };
}

function checkTables(
  given: Readonly<Record<string, unknown>> | undefined,
  path: Path,
  tables: readonly TableSpec[],
  complain: Complain,
): void {
  for (const name of Object.keys(given ?? {})) {
    if (tables.some((table) => table.name === name)) continue;
    const known = tables.map((table) => table.name).join(', ');
    complain([...path, name], `there is no table ${name}`, `there are ${known}`, true);
  }
}

function checkColumns(given: ExpectFile | undefined, tables: readonly TableSpec[], complain: Complain): void {
  const path = ['expect', 'valid', 'columns'];
  checkTables(given?.valid?.columns, path, tables, complain);
  for (const table of tables) {
    for (const name of Object.keys(given?.valid?.columns?.[table.name] ?? {})) {
      const column = table.columns.find((one) => one.name === name);
      if (column !== undefined && IDENTIFIERS.includes(column.role)) continue;
      complain(
        [...path, table.name, name],
        `${name} is no column of NHS numbers, postcodes, birth dates or sexes in ${table.name}`,
        undefined,
        true,
      );
    }
  }
}

function limitsOf(given: LimitsFile | undefined, above: Limits): Limits {
  return { warn: limitOf(given?.warn, above.warn), stop: limitOf(given?.stop, above.stop) };
}

function columnLimits(
  given: (LimitsFile & { readonly atLeast?: string | undefined }) | undefined,
  above: ColumnLimits,
): ColumnLimits {
  const atLeast = given?.atLeast === undefined ? above.atLeast : Number.parseFloat(given.atLeast) / 100;
  return { ...limitsOf(given, above), atLeast };
}

/** `30%` and `2 points` are hundredths. */
function limitOf(text: string | undefined, above: number | null): number | null {
  if (text === undefined) return above;
  return text === 'never' ? null : Number.parseFloat(text) / 100;
}
