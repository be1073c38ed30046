import { ageBands } from '../../domain/age-bands.ts';
import type { ByCharacteristic } from '../../domain/characteristic.ts';
import type { ReleaseRule } from '../../domain/release-rule.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import { PERSON_FACTS, type PersonFact, type Pipeline, type TableSpec } from '../../pipeline/pipeline.ts';
import { textUnderRule } from '../de-identify/rule-sql.ts';

/**
 * The characteristics of a stored row, under the rules by which persons are released: SQL over a row called `row`, each a text;
 * null where the table has no such column, or persons are released without it.
 *
 * @param pipeline as the store was made: its person facts decide which columns there are
 */
export function characteristicsOf(
  table: TableSpec,
  { release: { persons } }: Pipeline,
): ByCharacteristic<string | null> {
  const ruleOf = (fact: PersonFact) => persons.find(({ name }) => name === fact)?.rule;
  const delivered = (fact: 'ethnic_category' | 'area' | 'deprivation') => {
    const column = table.columns.find(({ role }) => role === PERSON_FACTS[fact]);
    const rule = ruleOf(fact);
    if (column === undefined || rule === undefined) return null;
    return textUnderRule(`row.${dialect.name(column.name)}`, rule, dialect);
  };
  return {
    sex: ruleOf('sex') === undefined ? null : 'row.sex',
    ageBand: bandText(ruleOf('age_band')),
    ethnicCategory: delivered('ethnic_category'),
    area: delivered('area'),
    deprivation: delivered('deprivation'),
  };
}

/** The text of a stored age band, which is its lowest age. */
function bandText(rule: ReleaseRule | undefined): string | null {
  if (rule?.rule !== 'age-band') return null;
  const cases = ageBands(rule).map(({ from, text }) => `WHEN ${from} THEN ${dialect.text(text)}`);
  return `CASE row.age_band ${cases.join(' ')} END`;
}
