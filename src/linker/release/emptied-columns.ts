import { describeRule } from '../../domain/describe-rule.ts';
import type { Finding } from '../../domain/finding.ts';
import type { ReleaseRule } from '../../domain/release-rule.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import {
  type ColumnSpec,
  PERSON_FACTS,
  type Pipeline,
  subjectTablesOf,
  type TableSpec,
  tablesOf,
} from '../../pipeline/pipeline.ts';
import type { OpenStores } from '../open-stores.ts';
import type { WrittenTable } from '../publish/describe-tables.ts';

/** A released column, with the rule under which it is, and the columns of the sources that it is made of. */
interface Released {
  readonly table: string;
  readonly name: string;
  readonly rule: ReleaseRule;
  readonly from: readonly { readonly table: TableSpec; readonly column: ColumnSpec }[];
}

/**
 * Released columns that are empty in every row, though their source has values: a map that has no value of the source, an
 * age at a day on which nobody was born. A column that is kept as it is, is empty only where the released rows are.
 *
 * The source is read only for a column that is empty.
 *
 * @returns a warning for each
 */
export async function emptiedColumns(
  engine: DuckDbEngine,
  pipeline: Pipeline,
  stores: Pick<OpenStores, 'outcomes'>,
  written: readonly WrittenTable[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const released of releasedOf(pipeline)) {
    const { table, name, rule } = released;
    if (rule.rule === 'keep' || !isEmpty(written, released)) continue;
    for (const { table: source, column } of released.from) {
      if (!(await isFilled(engine, stores, source, column))) continue;
      findings.push({
        check: 'emptied-column',
        severity: 'warn',
        file: `${table}.arrow`,
        column: name,
        message: `is empty in every row under the rule “${describeRule(rule)}”, and ${source.source}.${source.name}.${column.name} is not`,
        wayOut: 'look at the rule in release.tables: it may fit other values than the source has',
      });
    }
  }
  return findings;
}

function releasedOf(pipeline: Pipeline): Released[] {
  const { persons, tables } = pipeline.release;
  return [
    ...tables.flatMap(({ table, columns }) =>
      columns.map(({ name, rule }): Released => {
        const spec = tablesOf(pipeline).find((one) => one.name === table)!;
        return {
          table,
          name,
          rule,
          from: [{ table: spec, column: spec.columns.find((one) => one.name === name)! }],
        };
      }),
    ),
    ...persons.map(({ name, rule }): Released => {
      const from = subjectTablesOf(pipeline).flatMap((table) =>
        table.columns.flatMap((column) => (column.role === PERSON_FACTS[name] ? [{ table, column }] : [])),
      );
      return { table: 'persons', name, rule, from };
    }),
  ];
}

function isEmpty(written: readonly WrittenTable[], { table, name }: Released): boolean {
  const file = written.find(({ output }) => output.table === table);
  const index = file?.columns.findIndex(({ column }) => column.name === name) ?? -1;
  return file !== undefined && index >= 0 && file.rows > 0 && file.nulls[index] === file.rows;
}

/** Identifiers are not stored; what became of their cells is. */
async function isFilled(
  engine: DuckDbEngine,
  { outcomes }: Pick<OpenStores, 'outcomes'>,
  table: TableSpec,
  column: ColumnSpec,
): Promise<boolean> {
  const met = outcomes.find((one) => one.table === table.name && one.column === column.name)?.outcomes;
  if (met !== undefined) return (met['valid'] ?? 0) + (met['repaired'] ?? 0) > 0;
  const name = dialect.name(column.name);
  const [row] = await engine.query(
    `SELECT CAST(count(${name}) AS DOUBLE) AS filled FROM ${dialect.readStore(table.name)}`,
    `looking whether ${table.name} is empty`,
  );
  return Number(row!['filled']) > 0;
}
