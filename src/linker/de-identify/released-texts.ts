import { plainName } from '../../domain/plain-name.ts';
import type { ReleaseRule } from '../../domain/release-rule.ts';
import { type Sql, sql, stored, table, unionAll } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';
import { textUnderRule } from './rule-sql.ts';

/** An ENUM that must be made before rows can refer to it. */
export interface DictionaryPlan {
  readonly enumType: string;
  readonly sql: Sql;
}

/** A stored column of texts. */
export interface TextColumn {
  readonly table: string;
  readonly column: string;
}

/** The distinct texts of a stored column, as `value`: an ENUM, in the order of its codes. */
function textsOf({ table, column }: TextColumn, dialect: Dialect): Sql {
  return stored(table, dialect.readTexts(table, column));
}

/**
 * How a stored text becomes a released one. A rule is asked once a text and not once a row: a step makes a small table of the stored and
 * the released texts, and rows look theirs up by the code of the stored one, 10 ns a row.
 */
export interface TextLookup {
  readonly step: Step;
  /** SQL that joins it to a row called `row` */
  readonly join: Sql;
  /** SQL of the released text: an ENUM, NULL where the row has none */
  readonly released: string;
}

/** @param enumType of the released texts (`dictionaryOf`) */
export function textLookup(
  { table: of, column }: TextColumn,
  rule: ReleaseRule,
  enumType: string,
  dialect: Dialect,
): TextLookup {
  const name = `${enumType}_of_${of}_${plainName(column)}`;
  return {
    step: step({
      name,
      about: `what each text of ${of}.${column} is released as`,
      sql: sql`SELECT value, CAST(${textUnderRule('CAST(value AS VARCHAR)', rule, dialect)} AS ${enumType}) AS released
FROM ${textsOf({ table: of, column }, dialect)} AS texts`,
    }),
    join: sql`LEFT JOIN ${table(name)} ON ${name}.value = row.${dialect.name(column)}`,
    released: `${name}.released`,
  };
}

/** The dictionary of what columns of texts are released as, under one rule. */
export function dictionaryOf(
  enumType: string,
  columns: readonly TextColumn[],
  rule: ReleaseRule,
  dialect: Dialect,
): DictionaryPlan {
  const released = columns.map(
    (column) => sql`SELECT ${textUnderRule('CAST(value AS VARCHAR)', rule, dialect)} AS value
FROM ${textsOf(column, dialect)} AS texts`,
  );
  return { enumType, sql: enumSql(enumType, unionAll(released)) };
}

/**
 * An ENUM of a query's values, in the order of their bytes. The engine knows no ENUM without values, so a column that
 * holds nothing gets the empty text, which no row has and which is taken out again with every other unused value.
 */
function enumSql(enumType: string, values: Sql): Sql {
  return sql`CREATE TYPE ${enumType} AS ENUM (
  WITH known AS MATERIALIZED (SELECT DISTINCT value FROM (${values}) AS every_value WHERE value IS NOT NULL)
  SELECT value
  FROM (SELECT value FROM known UNION ALL SELECT '' WHERE NOT EXISTS (SELECT 1 FROM known)) AS every_value
  ORDER BY value)`;
}
