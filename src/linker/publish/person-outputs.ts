import { matchRankIn, SETTINGS_MET, SETTINGS_TOGETHER } from '../../domain/added-column.ts';
import { ageBands } from '../../domain/age-bands.ts';
import { describeRule } from '../../domain/describe-rule.ts';
import type { Ladder } from '../../domain/match-rank.ts';
import { bug } from '../../domain/problem.ts';
import type { ReleaseRule } from '../../domain/release-rule.ts';
import { CARE_SETTINGS, type CareSetting } from '../../domain/role.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { PERSON_FACTS, type Pipeline } from '../../pipeline/pipeline.ts';
import { joined, sql, stored, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import { dateUnderRule } from '../de-identify/rule-sql.ts';
import { MET, seenName, weakestRankSql } from '../release/person-steps.ts';
import type { FactColumn, ReleasePlan } from '../release/plan-release.ts';
import {
  dictionaryOutput,
  enumTexts,
  personColumn,
  plainOutput,
  SETTING_COMBINATIONS,
  textsIn,
} from './output-plans.ts';
import type { SelectedOutput } from './write-table.ts';

/** `persons`: all released persons with everything known of them, one row each. */
export function personsStep(plan: ReleasePlan): Step {
  const { person } = plan;
  const joins = [
    sql`JOIN ${table('person_settings')} AS s ON s.person = p.person`,
    ...(person.facts === null ? [] : [sql`LEFT JOIN ${table('person_facts')} AS f ON f.person = p.person`]),
    ...person.seen.map(
      ({ careSetting }) =>
        sql`LEFT JOIN ${stored(seenName(careSetting), dialect.readStore(seenName(careSetting)))} AS ${careSetting} ON ${careSetting}.person = p.person`,
    ),
  ];
  const columns = [
    'p.person',
    `s.${SETTINGS_TOGETHER.sql}`,
    `CAST(bit_count(s.${SETTINGS_TOGETHER.sql}) AS TINYINT) AS ${SETTINGS_MET.sql}`,
    `s.${MET}`,
    ...person.factColumns.map(({ name }) => `f.${name} AS ${name}`),
    ...person.seen.flatMap(({ careSetting }) => [
      `${careSetting}.first_seen AS first_seen_${careSetting}`,
      `${careSetting}.last_seen AS last_seen_${careSetting}`,
    ]),
  ];
  return step({
    name: 'persons',
    about: 'released persons with everything known of them, one row each',
    sql: sql`SELECT ${columns.join(', ')}
FROM ${table('person_numbers')} AS p
${joined(joins, '\n')}
WHERE p.reason = 0
ORDER BY p.person`,
  });
}

/** The output columns of persons.arrow. */
export async function personOutputs(
  engine: DuckDbEngine,
  pipeline: Pipeline,
  plan: ReleasePlan,
  pseudonyms: Uint8Array,
  from: string,
): Promise<SelectedOutput[]> {
  const ruleOf = (name: string) => pipeline.release.persons.find((one) => one.name === name)?.rule;
  const careSettings = careSettingsOf(pipeline);
  const columns: SelectedOutput[] = [
    personColumn(pseudonyms),
    await dictionaryOutput(engine, SETTINGS_TOGETHER, SETTING_COMBINATIONS, from, SETTINGS_TOGETHER.sql),
    plainOutput(SETTINGS_MET, SETTINGS_MET.isNullable, [SETTINGS_MET.sql]),
    ...careSettings.map((careSetting) => weakestRank(careSetting, careSettings, pipeline.link.ranks)),
  ];
  for (const column of plan.person.factColumns) {
    const rule = ruleOf(column.name)!;
    if (column.type === 'dictionary') {
      const [all, code] = await factDictionary(engine, column, rule);
      columns.push(await dictionaryOutput(engine, column, all, from, code));
    } else {
      const isDeath = PERSON_FACTS[column.name as keyof typeof PERSON_FACTS] === 'date-of-death';
      const day = `(DATE '1900-01-01' + CAST(${column.name} AS INTEGER))`;
      const value = isDeath ? dateUnderRule(day, rule).sql : `CAST(${column.name} AS SMALLINT)`;
      const kind = column.type === 'int16' ? ({ kind: 'int16' } as const) : ({ kind: 'date32' } as const);
      columns.push({ column, kind, nullable: true, select: [value], recode: null });
    }
  }
  for (const { careSetting } of plan.person.seen) {
    for (const fact of ['first_seen', 'last_seen'] as const) {
      const rule = ruleOf(fact);
      if (rule !== undefined) columns.push(seenOutput(fact, careSetting, rule));
    }
  }
  return columns;
}

/** The care settings of a pipeline's sources, in the order of all care settings. */
function careSettingsOf({ sources }: Pipeline): readonly CareSetting[] {
  return CARE_SETTINGS.filter((careSetting) => sources.some((source) => source.setting === careSetting));
}

/** By which rank a setting's records were linked to the person; the weakest, where there are several. */
function weakestRank(
  careSetting: CareSetting,
  careSettings: readonly CareSetting[],
  ladder: Ladder,
): SelectedOutput {
  const column = matchRankIn(careSetting, ladder);
  const rank = `CAST(${weakestRankSql(careSetting, careSettings, ladder)} AS TINYINT)`;
  return plainOutput(column, column.isNullable, [rank]);
}

/** The texts of a fact's dictionary, and the SQL of a code into it. */
async function factDictionary(
  engine: DuckDbEngine,
  column: FactColumn,
  rule: ReleaseRule,
): Promise<[readonly string[], string]> {
  if (column.enumType !== null) {
    return [await textsIn(engine, enumTexts(column.enumType), column.name), column.name];
  }
  if (rule.rule === 'age-band') {
    const bands = ageBands(rule).map(({ text }) => text);
    return [
      bands,
      `CASE WHEN ${column.name} >= ${rule.top} THEN ${bands.length - 1} ELSE ${column.name} // ${rule.width} END`,
    ];
  }
  if (column.name === 'sex') return [['1', '2'], `${column.name} - 1`];
  throw bug(`the fact ${column.name} has no dictionary under the rule ${rule.rule}`);
}

function seenOutput(
  fact: 'first_seen' | 'last_seen',
  careSetting: CareSetting,
  rule: ReleaseRule,
): SelectedOutput {
  const name = `${fact}_${careSetting}`;
  const { type, sql } = dateUnderRule(name, rule);
  const isYear = type === 'int16';
  return {
    column: {
      name,
      type,
      role: 'date',
      system: null,
      source: `released ${careSetting} records`,
      rule: describeRule(rule),
      description: `${fact === 'first_seen' ? 'First' : 'Last'} released ${careSetting} record of the person`,
    },
    kind: { kind: isYear ? 'int16' : 'date32' },
    nullable: true,
    select: [sql],
    recode: null,
  };
}
