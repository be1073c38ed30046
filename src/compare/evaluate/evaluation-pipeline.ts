import type { ReleaseRule } from '../../domain/release-rule.ts';
import type { TokenKind } from '../../keys/recipes.ts';
import { characteristicsOf } from '../../linker/missed/row-characteristics.ts';
import { storedRows, storedSubjects } from '../../linker/stored-relations.ts';
import {
  PERSON_FACTS,
  type PersonFact,
  type Pipeline,
  sourceIndexOf,
  type TableSpec,
  tablesOf,
} from '../../pipeline/pipeline.ts';
import { sameSubject } from '../../sql/same.ts';
import { type Sql, sql } from '../../sql/sql.ts';
import { planTokens } from '../../store/token-plan.ts';
import type { EvaluatedTable } from './steps.ts';

/** The characteristics of subgroups, each with its rule where the pipeline releases no such fact. */
const GROUPED_FACTS = [
  'sex',
  'age_band',
  'ethnic_category',
  'area',
  'deprivation',
] as const satisfies readonly PersonFact[];

/**
 * The pipeline as an evaluation tokenises it: sources, keys, opt-outs and linkage are the run's. Only what is stored of a row
 * is not: no payload but that of the subgroups, and the token of each record id, by which rows meet the truth. A run
 * makes record tokens where they are released, so here they are; nothing is.
 *
 * @param runDate YYYY-MM-DD: ages are taken on it, unless the pipeline's own bands have another date
 */
export function forEvaluation(pipeline: Pipeline, runDate: string): Pipeline {
  const bands: ReleaseRule = { rule: 'age-band', at: runDate, width: 5, top: 90 };
  const ruleOf = (fact: PersonFact) => pipeline.release.persons.find(({ name }) => name === fact)?.rule;
  const roles = new Set(tablesOf(pipeline).flatMap(({ columns }) => columns.map(({ role }) => role)));
  return {
    ...pipeline,
    release: {
      agreement: pipeline.release.agreement,
      recipient: null,
      persons: GROUPED_FACTS.filter((fact) => roles.has(PERSON_FACTS[fact])).map((name) => ({
        name,
        rule: ruleOf(name) ?? (name === 'age_band' ? bands : { rule: 'keep' }),
      })),
      tables: tablesOf(pipeline).flatMap(({ name: table, kind, columns }) => {
        const id = columns.find(({ role }) => role === 'record-id');
        return kind !== 'records' || id === undefined
          ? []
          : [{ table, columns: [{ name: id.name, rule: { rule: 'keep' } as const }] }];
      }),
      linkageWeights: false,
      sensitiveCodes: null,
    },
  };
}

/** A table whose records are evaluated: its rows carry identifiers themselves. */
export interface NamedTable {
  readonly table: TableSpec;
  /** which token names a record, and of what kind it is */
  readonly key: 'subject' | 'record';
  readonly kind: TokenKind;
}

/**
 * The tables whose rows carry identifiers: those whose records can be distinguished, and the names of the others. Events that
 * follow a patient are not among them: they are never linked by themselves, and would count a patient's link once each.
 */
export function evaluatedTables(pipeline: Pipeline): { named: NamedTable[]; unnamed: string[] } {
  const named: NamedTable[] = [];
  const unnamed: string[] = [];
  for (const table of tablesOf(pipeline)) {
    const { hasDemographics, subject, record } = planTokens(table, pipeline);
    if (table.kind === 'patients' && subject.by === 'patient-key') {
      named.push({ table, key: 'subject', kind: subject.key.kind });
    } else if (table.kind === 'records' && hasDemographics) {
      if (record === null) unnamed.push(table.name);
      else named.push({ table, key: 'record', kind: record.kind });
    }
  }
  return { named, unnamed };
}

/**
 * The evaluated tables as they are in the store, in the same order.
 *
 * @param pipeline as it was tokenised: its person facts decide which columns there are
 */
export function storedTables(pipeline: Pipeline, tables: readonly NamedTable[]): EvaluatedTable[] {
  return tables.map(({ table, key }, index) => ({
    index,
    source: sourceIndexOf(pipeline, table),
    relation: rowsWithTokens(pipeline, table),
    key,
    characteristics: characteristicsOf(table, pipeline),
  }));
}

/** The stored rows of a table, with the tokens of their subjects as `subject_a` and `subject_b`. */
function rowsWithTokens(pipeline: Pipeline, table: TableSpec): Sql {
  return sql`(SELECT stored_row.*, named.subject_a, named.subject_b
FROM ${storedRows(pipeline, table)} AS stored_row
LEFT JOIN ${storedSubjects(pipeline, sourceIndexOf(pipeline, table))} AS named ON ${sameSubject('stored_row', 'named')})`;
}
