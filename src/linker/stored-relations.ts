import { duckdbDialect as dialect } from '../engine/duckdb/dialect.ts';
import { isFlat, type TableSpec } from '../pipeline/pipeline.ts';
import { type Sql, sql, stored } from '../sql/sql.ts';
import { SUBJECT_NUMBER } from '../store/subject-columns.ts';

/** What SQL and `plan` call the subjects of a source. No table has a blank in its name. */
export function subjectsName(source: string): string {
  return `subjects of ${source}`;
}

/** The subjects of a source: `subject`, which is the number, and the columns of `subjectColumns`. */
export function storedSubjects(source: string): Sql {
  const name = subjectsName(source);
  return stored(name, dialect.readStore(name));
}

/** The stored rows of a table, which name their subjects by number. */
export function storedRows({ name }: TableSpec): Sql {
  return stored(name, dialect.readStore(name));
}

/** The same with the tokens of their subjects, `subject_a` and `subject_b`; rows that reach their subject through a parent are as they are. */
export function storedRowsWithTokens(table: TableSpec): Sql {
  const rows = storedRows(table);
  const { columns } = table;
  if (!isFlat(table) && !columns.some(({ role }) => role === 'patient-key')) return rows;
  return sql`(SELECT stored_row.*, named.subject_a, named.subject_b
FROM ${rows} AS stored_row
LEFT JOIN ${storedSubjects(table.source)} AS named ON stored_row.${SUBJECT_NUMBER} = named.${SUBJECT_NUMBER})`;
}
