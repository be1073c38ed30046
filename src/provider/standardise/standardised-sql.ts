/**
 * What a rule in SQL looks like, and how rules are laid over a relation.
 *
 * Nothing here aggregates, sorts or joins: the result streams, so identifiers are never held (design, "the
 * identity boundary").
 */
import { bug } from '../../domain/problem.ts';
import { OUTCOMES, type Outcome } from '../../domain/standardised.ts';
import { BLANKS } from '../../domain/standardised-text.ts';
import type { NamedSql } from '../../sql/named-sql.ts';

/**
 * Expressions computed in layers: each layer is a projection that may use the names of the layers before it,
 * so that what several expressions need is computed once.
 */
export interface StandardisedSql {
  readonly layers: readonly (readonly NamedSql[])[];
  /** name of the column with the canonical value, NULL where there is none */
  readonly value: string;
  /** name of the TINYINT column with the outcome's code */
  readonly outcome: string;
}

/**
 * A SELECT over `from` (a table, a table function call or a bracketed query) with the kept expressions, then
 * the value and outcome of every standardised column, in that order. Layers of the same depth share one
 * projection. Intermediate columns, the raw cells among them, do not leave: only what is listed does.
 */
export function applyLayers(
  from: string,
  passThrough: readonly string[],
  standardised: readonly StandardisedSql[],
): string {
  const depth = Math.max(0, ...standardised.map(({ layers }) => layers.length));
  let relation = from;
  for (let at = 0; at < depth; at += 1) {
    const columns = standardised.flatMap(({ layers }) => layers[at] ?? []);
    relation = `(SELECT *, ${columns.map(({ name, sql }) => `${sql} AS ${name}`).join(', ')} FROM ${relation})`;
  }
  const kept = [...passThrough, ...standardised.flatMap(({ value, outcome }) => [value, outcome])];
  return `SELECT ${kept.join(', ')} FROM ${relation}`;
}

/**
 * The names that one standardised column takes, all under its prefix. A prefix is a plain lower-case
 * identifier.
 */
export function namesUnder<const Name extends string>(
  prefix: string,
  names: readonly Name[],
): Record<Name, string> {
  if (!/^[a-z][a-z0-9_]*$/.test(prefix))
    throw bug('a prefix of standardised columns is not a plain SQL name');
  return Object.fromEntries(names.map((name) => [name, `${prefix}_${name}`])) as Record<Name, string>;
}

/** A text as an SQL literal. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * The stored number of an outcome. Without a cast: the outermost CASE is cast once, by {@link outcomeSql}.
 */
export function codeOf(outcome: Outcome): string {
  return String(OUTCOMES[outcome].code);
}

/** An outcome expression as it is stored. */
export function outcomeSql(expression: string): string {
  return `CAST(${expression} AS TINYINT)`;
}

/** The cell without the blanks at either end. About 110 ns a cell: for the rare path only. */
export function trimmedSql(column: string): string {
  return `trim(${column}, ${textLiteral(BLANKS)})`;
}

/** Absent or invalid, for a cell in which nothing was recognised. */
export function unrecognisedSql(column: string): string {
  return `CASE WHEN ${column} IS NULL OR ${column} = '' OR ${trimmedSql(column)} = '' THEN ${codeOf('absent')} ELSE ${codeOf('invalid')} END`;
}

/** An RE2 pattern with blanks allowed around it, as an SQL literal for regexp_full_match. */
export function patternLiteral(pattern: string): string {
  return textLiteral(`[${BLANKS}]*(?:${pattern})[${BLANKS}]*`);
}
