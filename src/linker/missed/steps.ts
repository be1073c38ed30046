import { type ByCharacteristic, CHARACTERISTICS, MOST_VALUES } from '../../domain/characteristic.ts';
import { columnList } from '../../sql/columns.ts';
import { sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table, unionAll } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';

/** A table whose rows carry identifiers of their own. */
export interface MissedTable {
  /** index of its source in the pipeline file */
  readonly source: number;
  /** the stored rows */
  readonly relation: Sql;
  /** SQL over a stored row called `row`, each a text; null where the table has no such column, or no release has it */
  readonly characteristics: ByCharacteristic<string | null>;
}

/** Columns of the characteristics that are counted. */
export const CHARACTERISTIC_COLUMNS: ByCharacteristic<string> = {
  sex: 'sex',
  ageBand: 'age_band',
  ethnicCategory: 'ethnic_category',
  area: 'area',
  deprivation: 'deprivation',
};

/** The rows of a table, with their subjects and characteristics. */
export function characteristicsSql(
  { source, relation, characteristics }: MissedTable,
  dialect: Dialect,
): Sql {
  const values = CHARACTERISTICS.map(
    (one) =>
      `CAST(${characteristics[one] ?? 'NULL'} AS VARCHAR) AS ${dialect.name(CHARACTERISTIC_COLUMNS[one])}`,
  );
  return sql`SELECT CAST(${source} AS TINYINT) AS source, row.subject, ${values.join(', ')}
FROM ${relation} AS row`;
}

/**
 * Who is missed: `missed_groups` counts linked and unlinked records of each source, in all and by characteristic (README.md).
 * Unlinked subjects are few, so that they are joined with all records, and the linked ones are the rest.
 */
export function missedSteps(tables: readonly MissedTable[], dialect: Dialect): Step[] {
  const delivered = CHARACTERISTICS.filter((one) =>
    tables.some(({ characteristics }) => characteristics[one] !== null),
  );
  const columns = delivered.map((one) => CHARACTERISTIC_COLUMNS[one]);
  const sets = [['source'], ...columns.map((column) => ['source', column])];
  const by = delivered.map((one) => `WHEN grouping(${CHARACTERISTIC_COLUMNS[one]}) = 0 THEN '${one}'`);
  const value = columns.map((column) => `WHEN grouping(${column}) = 0 THEN ${column}`);
  return [
    step({
      name: 'unlinked_subjects',
      about: 'subjects that were linked to nobody with a valid NHS number',
      sql: sql`SELECT subject
FROM ${table('subject_persons')}
WHERE NOT is_tied`,
    }),
    step({
      name: 'missed_groups',
      about: 'records of each source, and those of them that were linked, in all and by characteristic',
      sql: sql`SELECT source, characteristic, value, records, linked
FROM (SELECT *, count(*) OVER (PARTITION BY source, characteristic) AS different
      FROM (SELECT r.source, ${by.length === 0 ? 'CAST(NULL AS VARCHAR)' : `CASE ${by.join(' ')} END`} AS characteristic,
                   ${value.length === 0 ? 'CAST(NULL AS VARCHAR)' : `CASE ${value.join(' ')} END`} AS value,
                   CAST(count(*) AS DOUBLE) AS records,
                   CAST(count(*) FILTER (WHERE r.subject IS NOT NULL AND u.subject IS NULL) AS DOUBLE) AS linked
            FROM (
${unionAll(tables.map((one) => characteristicsSql(one, dialect)))}
            ) AS r
            LEFT JOIN ${table('unlinked_subjects')} AS u
              ON ${sameSubject('r', 'u')}
            GROUP BY GROUPING SETS (${sets.map((set) => `(${columnList(set, 'r')})`).join(', ')})) AS counted
     ) AS every_group
WHERE different <= ${MOST_VALUES}`,
    }),
  ];
}
