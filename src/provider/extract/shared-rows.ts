import { differBeyondChance, type Limits, severityOf } from '../../domain/expectation.ts';
import type { Severity } from '../../domain/finding.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';

/** Stored rows of one file. */
export interface StoredPart {
  /** path of a Parquet file */
  readonly part: string;
  readonly rows: number;
}

/** How the rows of a table are told apart: stored columns, as SQL. */
export interface RowIdentity {
  /** whom or what a row is about; the first is half a token, and at random */
  readonly who: readonly [string, ...string[]];
  /** what it says of them */
  readonly what: readonly string[];
  /** whether rows that are alike in all of these are certainly one record */
  readonly isCertain: boolean;
}

/** Two files that share rows; places in the list of files. */
export interface SharedRows {
  readonly lookedIn: number;
  readonly foundIn: number;
  /** rows of the first that were looked for in the second, and those that are there */
  readonly sampled: number;
  readonly found: number;
  readonly severity: Severity;
}

/** A file of at most twice so many rows is looked for as a whole, and of others so many rows at least, about. */
const SAMPLE = 2000;
/** Where two rows say the same of whomever they are about more often than this, rows that are alike prove nothing. */
const MOST_BY_CHANCE = 0.05;

/**
 * Finds the files of one table that share more of their rows than `limits`, wherever in the files these stand.
 *
 * Where nothing tells records apart for certain, rows that are alike may be two records: of a patient the same may be said
 * in two months. So there
 *
 * - only rows that stand once in either file are shared. A table of few distinct rows has next to none of these;
 * - a share of about c or less is nothing, c being the chance that two rows of a file say the same of whomever they are about: so much have two files of the same
 *   patients in common without any record in both. A share beyond that is a warning, and stops the run only if c is at most 5 %, where chance is no explanation;
 * - files of one length in which each row stands as often as in the other are one delivery, whatever they hold.
 *
 * @param files two or more
 * @param about for the log
 */
export async function sharedRows(
  files: readonly StoredPart[],
  identity: RowIdentity,
  limits: Limits,
  engine: DuckDbEngine,
  about: string,
): Promise<SharedRows[]> {
  const shared: SharedRows[] = [];
  for (const sql of queries(files, identity)) {
    for (const row of await engine.query(sql, about)) {
      const of = (name: string) => Number(row[name]);
      const [lookedIn, foundIn, sampled] = [of('looked_in'), of('found_in'), of('sampled')];
      const isOneLength = files[lookedIn]!.rows === files[foundIn]!.rows;
      const isCertain = identity.isCertain || (isOneLength && of('as_often') === sampled);
      const found = isCertain ? of('found') : of('once');
      const severity = severityOf(found / sampled, limits);
      const chance = { part: of('by_chance') * sampled, of: sampled };
      const isMore = found > chance.part && differBeyondChance({ part: found, of: sampled }, chance);
      if (severity === null || !(isCertain || isMore)) continue;
      const isProof = isCertain || of('by_chance') <= MOST_BY_CHANCE;
      shared.push({ lookedIn, foundIn, sampled, found, severity: isProof ? severity : 'warn' });
    }
  }
  return shared;
}

/**
 * The large files are looked for in each other by a sample on both sides: one pass over one column, and over all of the few sampled rows. Small files,
 * all of which is looked for in every file, need a pass of their own.
 */
function queries(files: readonly StoredPart[], identity: RowIdentity): string[] {
  const isSmall = ({ rows }: StoredPart) => rows <= 2 * SAMPLE;
  const rowsOf = (at: number, every: number) => selectRows(files[at]!, at, identity, every);
  const all = files.map((_, at) => at);
  const [small, large] = [all.filter((at) => isSmall(files[at]!)), all.filter((at) => !isSmall(files[at]!))];
  const every = 2 ** Math.floor(Math.log2(Math.min(...large.map((at) => files[at]!.rows)) / SAMPLE));
  const union = (some: readonly string[]) => some.join('\nUNION ALL\n');
  return [
    ...(large.length < 2 ? [] : [sharedSql(union(large.map((at) => rowsOf(at, every))), 'looked')]),
    ...(small.length === 0
      ? []
      : [sharedSql(union(small.map((at) => rowsOf(at, 1))), `(${union(all.map((at) => rowsOf(at, 1)))})`)]),
  ];
}

/** @param every of the sampled first halves, which are at random, one in so many: a power of two */
function selectRows({ part }: StoredPart, at: number, { who, what }: RowIdentity, every: number): string {
  const [first] = who;
  const said = what.length === 0 ? 'CAST(0 AS UBIGINT)' : `hash(${what.join(', ')})`;
  return `SELECT ${at}::INTEGER AS part, ${first} AS first_half, hash(${[...who, ...what].join(', ')}) AS row_hash, ${said} AS said_hash
FROM ${dialect.readParquet([part])} WHERE ${first} & ${every - 1} = 0`;
}

/** @param among relation of the rows of all files, `looked` itself if those are all */
function sharedSql(look: string, among: string): string {
  return `WITH looked AS MATERIALIZED (${look}),
own AS MATERIALIZED (SELECT part, first_half, row_hash, any_value(said_hash) AS said_hash, count(*) AS own
  FROM looked GROUP BY part, first_half, row_hash),
sampled AS (SELECT part, sum(own) AS sampled FROM own GROUP BY part),
chance AS (SELECT part, sum(n * (n - 1)) / nullif(sum(n) * (sum(n) - 1), 0) AS by_chance
  FROM (SELECT part, CAST(count(*) AS DOUBLE) AS n FROM own GROUP BY part, said_hash) AS said GROUP BY part),
met AS (SELECT o.part AS looked_in, a.part AS found_in, any_value(o.own) AS own, count(*) AS others
  FROM own AS o JOIN ${among} AS a ON o.first_half = a.first_half AND o.row_hash = a.row_hash AND o.part <> a.part
  GROUP BY o.part, a.part, o.first_half, o.row_hash),
shared AS (SELECT looked_in, found_in, sum(own) AS found, coalesce(sum(own) FILTER (own = others), 0) AS as_often,
    count(*) FILTER (own = 1 AND others = 1) AS once
  FROM met GROUP BY looked_in, found_in)
SELECT looked_in, found_in, CAST(sampled AS DOUBLE) AS sampled, CAST(found AS DOUBLE) AS found,
  CAST(as_often AS DOUBLE) AS as_often, CAST(once AS DOUBLE) AS once, coalesce(by_chance, 0) AS by_chance
FROM shared JOIN sampled AS s ON s.part = looked_in JOIN chance AS c ON c.part = looked_in
ORDER BY shared.found / sampled DESC, looked_in, found_in`;
}
