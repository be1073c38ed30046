import type { PlannedColumn } from '../../domain/planned-column.ts';
import { columnList } from '../../sql/columns.ts';
import { joined, type Sql, sql } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';
import { hashedId, idToken } from '../de-identify/plan-column.ts';
import type { TextLookup } from '../de-identify/released-texts.ts';
import { joinCondition, numbersOf, RECORD_FUNCTION, type RecordTable } from './steps.ts';

/** Everything the release of one table of records is made from. */
export interface TableRelease {
  readonly table: RecordTable;
  readonly columns: readonly PlannedColumn[];
  /** by column: how its texts are looked up that are not kept as they are */
  readonly lookups: ReadonlyMap<string, TextLookup>;
  /** the column that dates a record, or null */
  readonly date: string | null;
  /** SQL over `row`, true of rows with a sensitive code; null when there is none to look for */
  readonly isExcluded: Sql | null;
}

/** The day of a released row. Delivered columns keep their names, so this one is called as none of them would be. */
export const SEEN = 'tallystick_seen';

/** Name of the table of released rows. */
export function releasedName(table: string): string {
  return `released_${table}`;
}

/**
 * The released rows of a table, sorted by person, then by the released date, then by everything else that is released: by
 * nothing but released values, so that the order of the source is gone, it says nothing of its own, and the same rows always come
 * in the same order.
 */
export function releasedRowsStep(release: TableRelease, dialect: Dialect): Step {
  const { table, columns, lookups, date, isExcluded } = release;
  const names = columns.flatMap((column) => columnNames(column, dialect));
  const values = columns.flatMap((column) => columnValues(column, lookups, dialect));
  const joins = [...lookups.values()].map(({ join }) => sql`\n${join}`);
  const seen = date === null ? 'CAST(NULL AS DATE)' : `CAST(row.${dialect.name(date)} AS DATE)`;
  const links = table.links.map(({ sql: column }) => column);
  const nullable = (column: string) => `${column} NULLS LAST`;
  // never by SEEN: within a released month, the order of rows would give the order of their days
  const dated = columns.filter(({ name }) => name === date).flatMap((column) => columnNames(column, dialect));
  const order = [
    'person',
    ...[...new Set([...dated, ...names])].map(nullable),
    ...table.links.map(({ sql: column, isNullable }) => (isNullable ? nullable(column) : column)),
  ];
  return step({
    name: releasedName(table.name),
    about: `rows of ${table.name} that are released, de-identified and in their final order`,
    sql: sql`SELECT n.person, ${columnList(links, 'n')}, ${seen} AS ${SEEN}${values.map((value) => `,\n       ${value}`).join('')}
FROM ${withHashedIds(table, columns)} AS row
JOIN ${numbersOf(table)} AS n ON ${joinCondition(table)}${joined(joins, '')}
WHERE n.person IS NOT NULL${isExcluded === null ? '' : sql` AND NOT (${isExcluded})`}
ORDER BY ${order.join(', ')}`,
  });
}

/** Released ids and parent keys are hashed again, for this agreement, so that no two recipients can join by them. */
function withHashedIds(table: RecordTable, columns: readonly PlannedColumn[]): Sql {
  const hashed = columns
    .filter(({ type }) => type === 'hex-token')
    .map(({ role }) => {
      const token = idToken(role);
      return `${RECORD_FUNCTION}(${token}_a, ${token}_b) AS ${hashedId(token)}`;
    });
  return hashed.length === 0
    ? table.relation
    : sql`(SELECT *, ${hashed.join(', ')} FROM ${table.relation} AS stored)`;
}

/** Columns of the released table that carry one released column: a hashed id takes two. */
export function columnNames(column: PlannedColumn, dialect: Dialect): string[] {
  return column.type === 'hex-token'
    ? [dialect.name(`${column.name}_high`), dialect.name(`${column.name}_low`)]
    : [dialect.name(column.name)];
}

function columnValues(column: PlannedColumn, lookups: TableRelease['lookups'], dialect: Dialect): string[] {
  const [first, second] = columnNames(column, dialect);
  if (column.type === 'hex-token') {
    return [`${column.sql}.high AS ${first}`, `${column.sql}.low AS ${second}`];
  }
  return [`${column.enumType === null ? column.sql : lookups.get(column.name)!.released} AS ${first}`];
}

/** Rows that were dropped because of their person, by reason number. */
export function droppedByPersonSql({ table }: TableRelease): Sql {
  return sql`SELECT n.reason AS reason, count(*)::BIGINT AS rows
FROM ${table.relation} AS row
JOIN (SELECT * FROM ${numbersOf(table)} AS every_number WHERE person IS NULL) AS n
  ON ${joinCondition(table)}
GROUP BY n.reason`;
}

/**
 * Rows of released persons that were dropped because of a sensitive code. The rows with such codes are few, so they are
 * found first and then joined; left to itself, the engine joins every row and then looks.
 */
export function droppedBySensitiveCodeSql({ table, isExcluded }: TableRelease): Sql | null {
  if (isExcluded === null) return null;
  const key = table.parent === null ? 'subject' : 'parent';
  return sql`WITH row AS MATERIALIZED (
  SELECT row.${key}_a, row.${key}_b
  FROM ${table.relation} AS row
  WHERE ${isExcluded})
SELECT count(*)::BIGINT AS rows
FROM row
JOIN ${numbersOf(table)} AS n ON ${joinCondition(table)}
WHERE n.person IS NOT NULL`;
}

/** Rows that name no subject at all, because nothing on them could be hashed. */
export function withoutSubjectSql({ table }: TableRelease): Sql {
  const key = table.parent === null ? 'subject' : 'parent';
  return sql`SELECT count(*)::BIGINT AS rows FROM ${table.relation} AS row WHERE row.${key}_a IS NULL`;
}

/** Rows that name a subject or parent which is not there. */
export function orphansSql({ table }: TableRelease): Sql {
  const key = table.parent === null ? 'subject' : 'parent';
  return sql`SELECT count(*)::BIGINT AS rows
FROM ${table.relation} AS row
WHERE row.${key}_a IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM ${numbersOf(table)} AS n WHERE ${joinCondition(table)})`;
}
