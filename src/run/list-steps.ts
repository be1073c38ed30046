import { shownDialect as dialect } from '../engine/duckdb/dialect.ts';
import { NO_CODES_READ } from '../linker/de-identify/known-codes.ts';
import type { DictionaryPlan } from '../linker/de-identify/released-texts.ts';
import { personsStep } from '../linker/publish/person-outputs.ts';
import { planRelease, type ReleasePlan } from '../linker/release/plan-release.ts';
import { type Pipeline, type TableSpec, tablesOf } from '../pipeline/pipeline.ts';
import { extractSql } from '../provider/extract/extract-query.ts';
import type { EngineFile } from '../provider/extract/read-csv-sql.ts';
import { tokenFunctionOf } from '../provider/tokenise/token-function.ts';
import { type Step, step } from '../sql/step.ts';
import { planTokens } from '../store/token-plan.ts';

/**
 * The parts of a run that are made of SQL, in their order. Before all of them, opt out (1) looks for coded opt-outs and flags cell by cell
 * (`provider/opt-outs/recorded-opt-outs`), without SQL.
 */
export type RunPart = 'extract' | 'link' | 'audit' | 'who is missed' | 'opt out (2)' | 'release';

/** A step and the part of the run it belongs to. */
export interface ListedStep extends Step {
  readonly part: RunPart;
}

/**
 * Every step of a run with its SQL, from the functions that the run itself uses, without reading any data: a file's
 * header is taken to be the declared columns, and its name the declared one.
 */
export function listSteps(pipeline: Pipeline, runDate: string): ListedStep[] {
  const plan = planRelease(pipeline, NO_CODES_READ);
  const as = (part: RunPart) => (step: Step) => ({ part, ...step });
  return [
    ...tablesOf(pipeline)
      .flatMap((table) => extractSteps(table, pipeline, runDate))
      .map(as('extract')),
    ...[...plan.link.steps, ...plan.link.weighedSteps].map(as('link')),
    ...plan.audit.map(as('audit')),
    ...[...(plan.weighing?.counting ?? []), ...(plan.weighing?.weighing ?? [])].map(as('who is missed')),
    ...plan.missed.map(as('who is missed')),
    ...plan.optOut.map(as('opt out (2)')),
    ...releaseSteps(plan).map(as('release')),
  ];
}

function extractSteps(table: TableSpec, pipeline: Pipeline, runDate: string): Step[] {
  const tokenFunction = tokenFunctionOf(planTokens(table, pipeline));
  const header = table.columns.map(({ name }) => name);
  return table.files.map(({ shownAs }) => ({
    name: table.name,
    about: `what may cross the identity boundary of ${shownAs}: tokens and payload`,
    reads: [shownAs],
    sql: extractSql({ table, pipeline, runDate, tokenFunction, dialect }, header, asFile(shownAs)),
  }));
}

/** Files as they are declared; which of them are compressed, only the delivery shows. */
function asFile(path: string): EngineFile {
  return { path, compression: 'auto' };
}

function releaseSteps(plan: ReleasePlan): Step[] {
  const { persons, linkMap, person, tables } = plan;
  return [
    ...persons,
    person.settings,
    ...(linkMap === null ? [] : [linkMap]),
    ...tables.flatMap(({ recordNumbers, excluded, dictionaries, lookups, rows }) => [
      ...(recordNumbers === null ? [] : [recordNumbers]),
      ...excluded,
      ...dictionaries.map(dictionaryStep),
      ...lookups,
      rows,
    ]),
    ...person.dictionaries.map(dictionaryStep),
    ...person.lookups,
    ...(person.facts === null ? [] : [person.facts]),
    ...person.seen.map(({ step }) => step),
    personsStep(plan),
  ];
}

function dictionaryStep({ enumType, sql }: DictionaryPlan): Step {
  return step({ name: enumType, about: 'the values of a dictionary column', sql });
}
