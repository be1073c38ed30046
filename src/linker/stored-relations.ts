import { duckdbDialect as dialect } from '../engine/duckdb/dialect.ts';
import { isFlat, type Pipeline, sourceIndexOf, type TableSpec } from '../pipeline/pipeline.ts';
import { type Sql, sql, stored } from '../sql/sql.ts';
import { SUBJECT_NUMBER } from '../store/subject-columns.ts';

/** What SQL and `plan` call the subjects of a source. No table has a blank in its name. */
export function subjectsName(source: string): string {
  return `subjects of ${source}`;
}

/**
 * The subjects of a source: `subject`, which is the number of each in the run, and the columns of `subjectColumns`.
 *
 * @param source its index in the pipeline file
 */
export function storedSubjects(pipeline: Pipeline, source: number): Sql {
  const name = subjectsName(pipeline.sources[source]!.name);
  return withRunNumbers(stored(name, dialect.readStore(name)), pipeline, source);
}

/** The stored rows of a table. Those that name their subject have its number in the run as `subject`. */
export function storedRows(pipeline: Pipeline, table: TableSpec): Sql {
  const rows = stored(table.name, dialect.readStore(table.name));
  const nameSubjects = isFlat(table) || table.columns.some(({ role }) => role === 'patient-key');
  return nameSubjects ? withRunNumbers(rows, pipeline, sourceIndexOf(pipeline, table)) : rows;
}

/**
 * A store numbers the subjects of each source from 0. In a run, subject n of source i of s sources has the number n s + i, so that
 * no two have the same, and nobody has to look one up.
 */
function withRunNumbers(relation: Sql, { sources }: Pipeline, source: number): Sql {
  if (sources.length === 1) return relation;
  return sql`(SELECT * REPLACE (CAST(${SUBJECT_NUMBER} * ${sources.length} + ${source} AS INTEGER) AS ${SUBJECT_NUMBER})
FROM ${relation} AS in_source)`;
}

/** SQL of the number that a subject has within its source, from the one that it has in the run. */
export function numberInSource({ sources }: Pipeline, source: number): string {
  return `CAST((${SUBJECT_NUMBER} - ${source}) // ${sources.length} AS INTEGER)`;
}

/** The most subjects that each source of a run may have: their numbers in the run are signed whole numbers of 32 bits. */
export function mostSubjects({ sources }: Pick<Pipeline, 'sources'>): number {
  return Math.floor((2 ** 31 - 1) / sources.length);
}
