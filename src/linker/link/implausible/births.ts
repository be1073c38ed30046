import { type BirthEvent, IMPLAUSIBLE_DEFAULTS } from '../../../domain/implausible.ts';
import { same, sameSubject } from '../../../sql/same.ts';
import { sql, table } from '../../../sql/sql.ts';
import type { Dialect, Step } from '../../../sql/step.ts';
import type { Rule } from './clashes.ts';
import { besideSql, perSubjectStep, rowsSql, type StoredRows } from './stored-rows.ts';

/** A table with codes for giving birth and for being born, on the day of its date. */
export interface BirthTable {
  readonly rows: StoredRows;
  readonly date: string;
  readonly codes: readonly BirthColumn[];
}

/** A column of ICD-10 codes, with those in it that record each event, as they are written; null where they were not looked for. */
export interface BirthColumn extends Readonly<Record<BirthEvent, readonly string[] | null>> {
  readonly name: string;
}

/** SQL, in parts to be joined by OR, that is true where the column records the event. */
function recordsSql(
  column: BirthColumn,
  event: BirthEvent,
  prefixes: readonly string[],
  dialect: Dialect,
): string[] {
  const cell = `row.${dialect.name(column.name)}`;
  const found = column[event];
  if (found === null) {
    return prefixes.map((prefix) => `substr(${cell}, 1, ${prefix.length}) = ${dialect.text(prefix)}`);
  }
  return found.length === 0 ? [] : [`${cell} IN (${found.map((code) => dialect.text(code)).join(', ')})`];
}

/** What both rules of births look at: the first and last day of each subject's own birth, and its first delivery. */
function birthRecordsStep(
  births: readonly BirthTable[],
  prefixes: Readonly<Record<BirthEvent, readonly string[]>>,
  dialect: Dialect,
): Step {
  const has = (codes: readonly BirthColumn[], event: BirthEvent) => {
    const tests = codes.flatMap((column) => recordsSql(column, event, prefixes[event], dialect));
    return tests.length === 0 ? 'false' : `coalesce(${tests.join(' OR ')}, false)`;
  };
  return perSubjectStep(
    {
      name: 'birth_records',
      about:
        'days on which each linked subject was born or gave birth, for the rules of births and no release',
    },
    births.map(({ rows, date, codes }) => {
      const day = `CAST(row.${dialect.name(date)} AS DATE)`;
      const [born, delivered] = [has(codes, 'newborn'), has(codes, 'delivery')];
      return rowsSql(
        rows,
        [
          { name: 'born', sql: `CASE WHEN ${born} THEN ${day} END` },
          { name: 'delivered', sql: `CASE WHEN ${delivered} THEN ${day} END` },
        ],
        `${day} IS NOT NULL AND (${born} OR ${delivered})`,
      );
    }),
    [
      { name: 'born_first', sql: 'min(r.born)' },
      { name: 'born_last', sql: 'max(r.born)' },
      { name: 'delivered', sql: 'min(r.delivered)' },
    ],
  );
}

/** Two subjects of one person were born on different days, each by a newborn's own record. */
export function twoBirths(...looked: Parameters<typeof birthRecordsStep>): Rule {
  return {
    rule: 'two-births',
    collect: [birthRecordsStep(...looked)],
    values: table('birth_records'),
    within: null,
    others: [
      { name: 'others_first', of: 'min', column: 'born_first' },
      { name: 'others_last', of: 'max', column: 'born_last' },
    ],
    // days differ unless the first of one is the last of the other, both ways round
    clash: 'others_first <> born_last OR others_last <> born_first',
  };
}

/** A table with years of birth: of patients, or a flat one. */
export interface BirthYearTable {
  readonly rows: StoredRows;
  /** column of the year */
  readonly year: string;
  /** a birth in a flat row that is identified by a local id alone is not used (src/provider/tokenise/README.md) */
  readonly isFlat: boolean;
}

/** One subject gave birth less than ten years after the birth year of another. It needs what the rule before it collects. */
export function infantGivingBirth(tables: readonly BirthYearTable[]): Rule {
  const years = IMPLAUSIBLE_DEFAULTS.youngestMotherYears.value;
  const birthYears = perSubjectStep(
    {
      name: 'birth_years',
      about:
        'year of birth of the subjects of persons who gave birth, for the rule "infant giving birth" and no release',
    },
    tables.map(({ rows, year, isFlat }) => {
      // each row of a subject has the same year of birth
      const isUsed = isFlat
        ? sql` AND EXISTS (SELECT 1 FROM ${table('subjects')} AS s
  WHERE ${sameSubject('s', 'row')} AND (s.nhs IS NOT NULL OR s.tuple IS NOT NULL))`
        : '';
      return rowsSql(rows, [{ name: 'year', sql: `row.${year}` }], sql`row.${year} IS NOT NULL${isUsed}`);
    }),
    [{ name: 'year', sql: 'CAST(max(r.year) AS INTEGER)' }],
    sql`EXISTS (SELECT 1 FROM ${table('birth_records')} AS b
  WHERE ${same('anchor', 'b', 'l')} AND b.delivered IS NOT NULL)`,
  );
  return {
    rule: 'infant-giving-birth',
    collect: [birthYears],
    values: besideSql(
      ['birth_years', 'birth_records'],
      [
        { name: 'birth_year', sql: 'year', type: 'INTEGER' },
        { name: 'delivery_year', sql: 'CAST(year(delivered) AS INTEGER)', type: 'INTEGER' },
      ],
    ),
    within: null,
    others: [
      { name: 'others_born', of: 'max', column: 'birth_year' },
      { name: 'others_delivered', of: 'min', column: 'delivery_year' },
    ],
    clash: `delivery_year - others_born < ${years} OR others_delivered - birth_year < ${years}`,
  };
}
