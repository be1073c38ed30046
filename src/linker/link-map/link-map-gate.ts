import type { Problem } from '../../domain/problem.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { LeakScan } from '../../gates/leak-scan.ts';
import type { MayAppear } from '../../gates/opt-out-proof.ts';
import { isValid } from '../../write/validity-bitmap.ts';
import { PSEUDONYM_WIDTH, writeHexHalves } from '../link/person-numbers.ts';
import { LINK_MAP_COLUMNS, RELEASED } from '../release/link-map-step.ts';

/** How the map is called in messages. */
const FILE = 'the link map';
const HASHES = Object.entries(LINK_MAP_COLUMNS).flatMap(([name, type]) => (type === 'UBIGINT' ? [name] : []));
const TEXTS = Object.entries(LINK_MAP_COLUMNS).flatMap(([name, type]) => (type === 'VARCHAR' ? [name] : []));
/**
 * NHS numbers are below 10^10; of evenly spread 64-bit hashes one in 1.8 * 10^9 is. Among 60 million subjects, 0.03 are
 * expected, and four never come by chance.
 */
const BELOW = 10_000_000_000;
const MOST_BELOW = 3;

/** The persons who may be in the map. */
export interface MapRules {
  /** names of the sources whose rows a type 1 opt-out is about */
  readonly gpSources: readonly string[];
  readonly mayAppear: (isGp: boolean, isReleased: boolean) => MayAppear;
}

/**
 * The gates of a link map, which look at the file itself, like those of the tables that are published: its columns are the
 * stated ones, nobody who has opted out has a person in it, rows are in the order of their pseudonyms, nothing looks like an
 * identifier.
 *
 * @returns the problems, never a value of the map
 */
export async function linkMapFaults(
  engine: DuckDbEngine,
  path: string,
  { gpSources, mayAppear }: MapRules,
  scan: LeakScan,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const complain = (message: string) => problems.push({ file: FILE, message });
  const about = 'reading the link map back';
  const relation = dialect.readParquet([path]);

  const columns = await engine.query(`DESCRIBE SELECT * FROM ${relation}`, about);
  const found = columns.map((row) => `${row['column_name']} ${row['column_type']}`);
  const stated = Object.entries(LINK_MAP_COLUMNS).map(([name, type]) => `${name} ${type}`);
  if (found.join() !== stated.join()) {
    complain('schema: its columns are not the stated ones');
    return problems;
  }
  for (const column of TEXTS) {
    for (const { text } of await engine.query(`SELECT DISTINCT ${column} AS text FROM ${relation}`, about)) {
      scan.text(FILE, column, String(text));
    }
  }
  const below = HASHES.map((name) => `CAST(count(*) FILTER (WHERE ${name} < ${BELOW}) AS DOUBLE) AS ${name}`);
  const [small] = await engine.query(`SELECT ${below.join(', ')} FROM ${relation}`, about);
  for (const name of HASHES) {
    if (Number(small?.[name]) > MOST_BELOW) complain(`leak scan: ${name} does not hold hashes alone`);
  }

  const isGp = gpSources.length === 0 ? 'false' : `source IN (${gpSources.map(dialect.text).join(', ')})`;
  const sql = `SELECT person_high, person_low, subject_high,
  CAST(CASE WHEN ${isGp} THEN 1 ELSE 0 END + CASE WHEN outcome = '${RELEASED}' THEN 2 ELSE 0 END AS TINYINT) AS kind FROM ${relation}`;
  const mayAppearOf = [0, 1, 2, 3].map((kind) => mayAppear((kind & 1) !== 0, (kind & 2) !== 0));
  const text = new Uint8Array(PSEUDONYM_WIDTH);
  const pairs = new Uint16Array(text.buffer);
  let last = 0n;
  let unsorted = 0;
  let violations = 0;
  for await (const chunk of engine.stream(sql, about)) {
    const [high, low, kinds] = [chunk.values(0, 8), chunk.values(1, 8), chunk.values(3, 1)];
    const validity = chunk.validity(0);
    const subjects = chunk.values(2, 8);
    const order = new BigUint64Array(subjects.buffer, subjects.byteOffset, chunk.rows);
    for (let row = 0; row < chunk.rows; row += 1) {
      if (order[row]! < last) unsorted += 1;
      last = order[row]!;
      if (validity !== null && !isValid(validity, row)) continue;
      writeHexHalves(high, low, row, pairs, 0);
      if (!mayAppearOf[kinds[row]!]!(text, 0)) violations += 1;
    }
  }
  if (violations > 0) complain(`opt-out proof: ${violations} subjects have a person in it who must not`);
  if (unsorted > 0) complain('its rows are not in the order of their pseudonyms');
  return problems;
}
