import { describeLadder, type Ladder } from '../../domain/match-rank.ts';
import type { PlannedColumn } from '../../domain/planned-column.ts';
import { SETTINGS } from '../../domain/role.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { PSEUDONYM_WIDTH } from '../link/person-numbers.ts';
import type { TablePlan } from '../release/plan-release.ts';
import { columnNames, releasedName } from '../release/table-steps.ts';
import type { OutputPlan } from './write-table.ts';

/** The column every released file begins with. */
export function personColumn(pseudonyms: Uint8Array): OutputPlan {
  return {
    column: {
      name: 'person',
      type: 'hex-token',
      sql: 'person',
      enumType: null,
      role: 'pseudonym',
      system: null,
      source: 'release',
      rule: 'hashed for this agreement',
      description: 'Pseudonym of the person, for this agreement only: the same in every file of the release',
    },
    kind: { kind: 'fixed-text', width: PSEUDONYM_WIDTH, table: pseudonyms },
    nullable: false,
    select: ['person'],
    recode: null,
  };
}

/** What says of each record how it was linked. */
function matchRankColumn(ladder: Ladder): OutputPlan {
  return {
    column: {
      name: 'match_rank',
      type: 'int8',
      sql: 'match_rank',
      enumType: null,
      role: 'category',
      system: null,
      source: 'link',
      rule: 'keep',
      description: `On what the record agreed with the person: ${describeLadder(ladder)}`,
    },
    kind: { kind: 'int8' },
    nullable: false,
    select: ['match_rank'],
    recode: null,
  };
}

/** What says how sure that is. */
const MATCH_PROBABILITY: OutputPlan = {
  column: {
    name: 'match_probability',
    type: 'float64',
    sql: 'match_probability',
    enumType: null,
    role: 'category',
    system: null,
    source: 'link',
    rule: 'keep',
    description:
      'How probably the record is the person’s, from 0 to 1, by what it agrees and disagrees on: an estimate from all the pairs of ' +
      'this run, whose parameters are in its linkage statement. Empty where nothing had to be linked: in the first source that ' +
      'knows the person’s NHS number, and for a person of its own (rank 0)',
  },
  kind: { kind: 'float64' },
  nullable: true,
  select: ['match_probability'],
  recode: null,
};

/** What makes linked records stand for all. */
const LINKAGE_WEIGHT: OutputPlan = {
  column: {
    name: 'linkage_weight',
    type: 'float64',
    sql: 'linkage_weight',
    enumType: null,
    role: 'category',
    system: null,
    source: 'missed',
    rule: 'keep',
    description:
      'Inverse-probability weight: 1 by the estimated probability that a record of the source was linked to a valid NHS number, by what is released of ' +
      'sex, age band, ethnic category and deprivation. With it, linked records stand for those that were not. Empty for a person of its own (rank 0) behind whom no NHS number stands',
  },
  kind: { kind: 'float64' },
  nullable: true,
  select: ['linkage_weight'],
  recode: null,
};

/** The output columns of a table of records, each dictionary cut down to the values that are released. */
export async function tableOutputs(
  engine: DuckDbEngine,
  plan: TablePlan,
  pseudonyms: Uint8Array,
  ladder: Ladder,
): Promise<OutputPlan[]> {
  const from = releasedName(plan.spec.name);
  const columns: OutputPlan[] = [];
  for (const column of plan.release.columns) {
    const select = columnNames(column, dialect);
    if (column.enumType !== null) {
      const all = await enumValues(engine, column.enumType);
      columns.push(await dictionaryOutput(engine, column, all, from, `enum_code(${select[0]})`));
    } else if (column.type === 'dictionary') {
      throw new TypeError('a dictionary column of records has no ENUM');
    } else columns.push({ column, kind: { kind: column.type }, nullable: true, select, recode: null });
  }
  const { isWeighed, hasWeights } = plan.release.table.facts;
  const facts = [...(isWeighed ? [MATCH_PROBABILITY] : []), ...(hasWeights ? [LINKAGE_WEIGHT] : [])];
  return [personColumn(pseudonyms), matchRankColumn(ladder), ...facts, ...columns];
}

/**
 * A dictionary of the values that occur in released rows, in the order of their bytes. A value that only rows left
 * behind had must not be in the file: a rare code would tell that somebody has it.
 */
export async function dictionaryOutput(
  engine: DuckDbEngine,
  column: PlannedColumn,
  all: readonly string[],
  from: string,
  code: string,
): Promise<OutputPlan> {
  const used = await engine.query(
    `SELECT DISTINCT CAST(${code} AS INTEGER) AS code FROM ${from} WHERE ${code} IS NOT NULL ORDER BY code`,
    `collecting the values of ${column.name}`,
  );
  const recode = new Int32Array(all.length);
  const values = used.map(({ code: old }, place) => {
    recode[Number(old)] = place;
    return all[Number(old)]!;
  });
  return {
    column,
    kind: { kind: 'dictionary', values },
    nullable: true,
    select: [`CAST(${code} AS INTEGER)`],
    recode: values.length === all.length ? null : recode,
  };
}

/** The values of an ENUM type, in the order of its codes. */
export async function enumValues(engine: DuckDbEngine, enumType: string): Promise<string[]> {
  const rows = await engine.query(
    `SELECT CAST(unnest(enum_range(CAST(NULL AS ${enumType}))) AS VARCHAR) AS value`,
    `reading the dictionary ${enumType}`,
  );
  return rows.map(({ value }) => String(value));
}

/** Every combination of settings, by its bits; combinations that do not occur are taken out like any other value. */
export const SETTING_COMBINATIONS: readonly string[] = Array.from(
  { length: 2 ** SETTINGS.length },
  (_, bits) => SETTINGS.filter((_, bit) => (bits & (1 << bit)) !== 0).join('+'),
);
