import { PERSON } from '../../domain/added-column.ts';
import type { PlannedColumn } from '../../domain/planned-column.ts';
import { CARE_SETTINGS } from '../../domain/role.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { PSEUDONYM_WIDTH } from '../link/person-numbers.ts';
import type { SelectedOutput } from './write-table.ts';

/** The column that every released file begins with: rows have a person's number, and the file its pseudonym. */
export function personColumn(pseudonyms: Uint8Array): SelectedOutput {
  return {
    column: PERSON,
    kind: { kind: 'fixed-text', width: PSEUDONYM_WIDTH, table: pseudonyms },
    nullable: PERSON.isNullable,
    select: [PERSON.sql],
    recode: null,
  };
}

/** A column that is written as the engine has it. */
export function plainOutput(
  column: PlannedColumn,
  nullable: boolean,
  select: readonly string[],
): SelectedOutput {
  if (column.type === 'dictionary')
    throw new TypeError(`the values of the dictionary ${column.name} are not known`);
  return { column, kind: { kind: column.type }, nullable, select, recode: null };
}

/**
 * A dictionary of the values that occur in a table of the engine, in the order of their bytes. A value that only rows left
 * behind had must not be in the file: a rare code would reveal that somebody has it.
 */
export async function dictionaryOutput(
  engine: DuckDbEngine,
  column: PlannedColumn,
  all: readonly string[],
  from: string,
  code: string,
): Promise<SelectedOutput> {
  const used = await engine.query(
    `SELECT DISTINCT CAST(${code} AS INTEGER) AS code FROM ${from} WHERE ${code} IS NOT NULL ORDER BY code`,
    `collecting the values of ${column.name}`,
  );
  const recode = new Int32Array(all.length);
  const values = used.map(({ code: old }, index) => {
    recode[Number(old)] = index;
    return all[Number(old)]!;
  });
  return {
    column,
    kind: { kind: 'dictionary', values },
    nullable: true,
    select: [`CAST(${code} AS INTEGER)`],
    recode: values.length === all.length ? null : recode,
  };
}

/** SQL of the texts of an ENUM type, as `value`, in the order of its codes. */
export function enumTexts(enumType: string): string {
  return `(SELECT unnest(enum_range(CAST(NULL AS ${enumType}))) AS value)`;
}

/** @param texts SQL of a relation whose column is `value` */
export async function textsIn(engine: DuckDbEngine, texts: string, column: string): Promise<string[]> {
  const rows = await engine.query(
    `SELECT CAST(texts.value AS VARCHAR) AS value FROM ${texts} AS texts ORDER BY texts.value`,
    `reading the texts of ${column}`,
  );
  return rows.map(({ value }) => String(value));
}

/** Every combination of care settings, by its bits; combinations that do not occur are taken out like any other value. */
export const SETTING_COMBINATIONS: readonly string[] = Array.from(
  { length: 2 ** CARE_SETTINGS.length },
  (_, bits) => CARE_SETTINGS.filter((_, bit) => (bits & (1 << bit)) !== 0).join('+'),
);
