import { CHARACTERISTICS } from '../../domain/characteristic.ts';
import { columnList } from '../../sql/columns.ts';
import { sameSubject } from '../../sql/same.ts';
import { sql, table, unionAll } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';
import type { LinkedCell } from './linked-probability.ts';
import { CHARACTERISTIC_COLUMNS, characteristicsSql, type MissedTable } from './steps.ts';

/** The characteristics in the model of the probability of being linked: an area has too many values, and deprivation takes its place. */
const MODEL_COLUMNS = CHARACTERISTICS.filter((one) => one !== 'area').map(
  (one) => CHARACTERISTIC_COLUMNS[one],
);

/** The steps of linkage weights. Between the two parts the weights are calculated, from the counts that the first part leaves. */
export interface LinkageWeightPlan {
  /** `linkage_cells` is the last of them */
  readonly counting: readonly Step[];
  /** reads `cell_weights`; makes `linkage_weights` */
  readonly assigning: readonly Step[];
}

/**
 * Linkage weights, with which the linked subjects of each source represent all of its records (README.md): `linkage_weights` has one for
 * each subject.
 */
export function planLinkageWeights(tables: readonly MissedTable[], dialect: Dialect): LinkageWeightPlan {
  const rows = unionAll(tables.map((one) => characteristicsSql(one, dialect)));
  const smallest = MODEL_COLUMNS.map((column) => `min(${column}) AS ${column}`).join(', ');
  const cell = ['source', ...MODEL_COLUMNS];
  return {
    counting: [
      step({
        name: 'linkage_strata',
        about: 'each subject with its characteristics and records; a record without a subject by itself',
        sql: sql`SELECT s.subject, ${columnList(cell, 'k')}, k.records
FROM (SELECT source, subject, ${smallest}, count(*) AS records
      FROM (\n${rows}\n) AS r
      WHERE subject IS NOT NULL
      GROUP BY source, subject) AS k
LEFT JOIN ${table('subjects')} AS s ON ${sameSubject('k', 's')}
UNION ALL
SELECT CAST(NULL AS INTEGER) AS subject, ${columnList(cell)}, 1 AS records
FROM (\n${rows}\n) AS r
WHERE subject IS NULL`,
      }),
      step({
        name: 'linkage_cells',
        about: 'records of each source by all characteristics at once, and those of them that were linked',
        sql: sql`SELECT *, row_number() OVER (ORDER BY ${cell.map((column) => `${column} NULLS LAST`).join(', ')}) AS cell
FROM (SELECT ${columnList(cell, 's')}, CAST(sum(s.records) AS DOUBLE) AS records,
             CAST(coalesce(sum(s.records) FILTER (WHERE p.is_tied), 0) AS DOUBLE) AS linked
      FROM ${table('linkage_strata')} AS s
      LEFT JOIN ${table('subject_persons')} AS p ON ${sameSubject('s', 'p')}
      GROUP BY ${columnList(cell, 's')}) AS counted`,
      }),
    ],
    assigning: [
      step({
        name: 'linkage_weights',
        about: 'the linkage weight of each subject, if it is linked',
        sql: sql`SELECT s.subject, w.linkage_weight
FROM ${table('linkage_strata')} AS s
JOIN ${table('linkage_cells')} AS c ON s.source = c.source${MODEL_COLUMNS.map((column) => ` AND s.${column} IS NOT DISTINCT FROM c.${column}`).join('')}
JOIN ${table('cell_weights')} AS w ON c.cell = w.cell
WHERE s.subject IS NOT NULL`,
      }),
    ],
  };
}

/** A row of `linkage_cells` as a cell of the model. */
export function linkedCellOf(row: Readonly<Record<string, unknown>>): LinkedCell {
  return {
    levels: MODEL_COLUMNS.map((column) => row[column] as string | null),
    records: Number(row['records']),
    linked: Number(row['linked']),
  };
}

/** The linkage weights of cells, by their numbers, as a table. */
export function cellWeightsStep(weights: ReadonlyMap<number, number>): Step {
  const rows = [...weights].map(([cell, weight]) => `(${cell}, CAST(${weight.toExponential()} AS DOUBLE))`);
  return step({
    name: 'cell_weights',
    about: 'the linkage weight of each combination of characteristics',
    sql:
      rows.length === 0
        ? sql`SELECT CAST(NULL AS BIGINT) AS cell, CAST(NULL AS DOUBLE) AS linkage_weight WHERE false`
        : sql`SELECT cell, linkage_weight FROM (VALUES ${rows.join(', ')}) AS every_cell(cell, linkage_weight)`,
  });
}
