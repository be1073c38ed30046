import { rulesAsked } from '../pipeline/implausible-rules.ts';
import type { Pipeline, TableSpec } from '../pipeline/pipeline.ts';
import { BIRTH_YEAR, type BirthFact, birthFactsOf } from './birth-facts.ts';
import { storedColumns } from './stored-columns.ts';
import { comparedColumn, planTokens, tokensOf } from './token-plan.ts';

/**
 * What the stored rows of a table hold: the provider writes it to the store, and the linker compares it with what its own
 * pipeline file needs. A store may hold more than one recipient needs, never less. An age band is named with its rule,
 * because it is made above the boundary.
 */
export function columnsStored(table: TableSpec, pipeline: Pipeline): readonly string[] {
  const plan = planTokens(table, pipeline);
  const hasFacts = plan.hasDemographics && table.kind !== 'addresses';
  return [
    ...tokensOf(plan).map((token) => `token ${token}`),
    ...plan.linking.comparedFields.map((one) => `token ${comparedColumn(one)}`),
    ...(hasFacts ? birthFactsOf(pipeline).map((fact) => describeFact(fact, pipeline)) : []),
    ...(hasFacts && rulesAsked(pipeline).includes('infant-giving-birth') ? [`birth fact ${BIRTH_YEAR}`] : []),
    ...storedColumns(table, pipeline).map(({ name }) => `column ${name}`),
  ];
}

function describeFact(fact: BirthFact, { release }: Pipeline): string {
  const rule = release.persons.find(({ name }) => name === fact)!.rule;
  return rule.rule === 'age-band'
    ? `birth fact ${fact} at ${rule.at}, width ${rule.width}, top ${rule.top}`
    : `birth fact ${fact}`;
}
