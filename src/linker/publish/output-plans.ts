import { PERSON } from '../../domain/added-column.ts';
import type { PlannedColumn } from '../../domain/planned-column.ts';
import { CARE_SETTINGS } from '../../domain/role.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { textsOf } from '../de-identify/released-texts.ts';
import { PSEUDONYM_WIDTH } from '../link/person-numbers.ts';
import type { TablePlan } from '../release/plan-release.ts';
import { columnNames, releasedName } from '../release/table-steps.ts';
import type { OutputPlan } from './write-table.ts';

/** The column that every released file begins with: rows have a person's number, and the file its pseudonym. */
export function personColumn(pseudonyms: Uint8Array): OutputPlan {
  return {
    column: PERSON,
    kind: { kind: 'fixed-text', width: PSEUDONYM_WIDTH, table: pseudonyms },
    nullable: PERSON.isNullable,
    select: [PERSON.sql],
    recode: null,
  };
}

/** A column that is written as the engine has it. */
export function plainOutput(column: PlannedColumn, nullable: boolean, select: readonly string[]): OutputPlan {
  if (column.type === 'dictionary')
    throw new TypeError(`the values of the dictionary ${column.name} are not known`);
  return { column, kind: { kind: column.type }, nullable, select, recode: null };
}

/** The output columns of a table of records, each dictionary cut down to the values that are released. */
export async function tableOutputs(
  engine: DuckDbEngine,
  plan: TablePlan,
  pseudonyms: Uint8Array,
): Promise<OutputPlan[]> {
  const from = releasedName(plan.spec.name);
  const columns: OutputPlan[] = [];
  for (const column of plan.release.columns) {
    const select = columnNames(column, dialect);
    if (column.type === 'dictionary') {
      const all = await textsIn(engine, releasedTextsSql(plan.spec.name, column), column.name);
      columns.push(await dictionaryOutput(engine, column, all, from, `enum_code(${select[0]})`));
    } else columns.push(plainOutput(column, true, select));
  }
  const links = plan.release.table.links.map((one) => plainOutput(one, one.isNullable, [one.sql]));
  return [personColumn(pseudonyms), ...links, ...columns];
}

/**
 * A dictionary of the values that occur in released rows, in the order of their bytes. A value that only rows left
 * behind had must not be in the file: a rare code would reveal that somebody has it.
 */
export async function dictionaryOutput(
  engine: DuckDbEngine,
  column: PlannedColumn,
  all: readonly string[],
  from: string,
  code: string,
): Promise<OutputPlan> {
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

/** SQL of everything that a column of texts may be released as, in the order of its codes. */
function releasedTextsSql(table: string, { name, enumType }: PlannedColumn): string {
  return enumType === null ? textsOf({ table, column: name }, dialect).text : enumTexts(enumType);
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
