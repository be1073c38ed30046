import type { Sql } from './sql.ts';

/**
 * A named SQL step: what it reads, what it makes, and how. A step describes; an engine executes. The name is the
 * table it makes, the line in the log and the heading in `tallystick plan`.
 */
export interface Step {
  readonly name: string;
  /** one sentence for people */
  readonly about: string;
  /** tables that it reads, and what else its rows come from: stored tables, link maps */
  readonly reads: readonly string[];
  /** a SELECT whose rows become the table `name` */
  readonly sql: string;
}

/** A step with the tables that its SQL reads: the list is not kept by hand. */
export function step({ name, about, sql }: Pick<Step, 'name' | 'about'> & { readonly sql: Sql }): Step {
  return { name, about, reads: sql.reads, sql: sql.text };
}

/** What differs between SQL engines, declared by the engine and never asked of its name. */
export interface Dialect {
  /** an identifier, quoted */
  name(identifier: string): string;
  /** a text literal, quoted */
  text(value: string): string;
  /** a relation: the rows of a table of the token store. Its texts are an ENUM, in the order of their bytes */
  readStore(table: string): string;
  /** a relation: the distinct texts of a column of a stored table, as `value`, in the order of their bytes */
  readTexts(table: string, column: string): string;
  /** a relation that reads Parquet files, by absolute path; no character of a path has a meaning */
  readParquet(paths: readonly string[]): string;
  /** the same of CSV files; the options describe their form completely, and nothing is guessed */
  readCsv(paths: readonly string[], options: readonly string[]): string;
  /** a statement that writes a query's rows to one Parquet file */
  writeParquet(select: string, path: string, compression: 'snappy' | 'uncompressed'): string;
  /** in a SELECT list: a row for each date from one to the other, both included; none where the second comes first */
  eachDay(first: string, last: string): string;
}
