import { NO_CODES_READ } from '../linker/de-identify/known-codes.ts';
import type { DictionaryPlan } from '../linker/de-identify/released-texts.ts';
import { personsStep } from '../linker/publish/person-outputs.ts';
import { planRelease, type ReleasePlan } from '../linker/release/plan-release.ts';
import { type Pipeline, tablesOf } from '../pipeline/pipeline.ts';
import { type Step, step } from '../sql/step.ts';
import { columnsStored } from '../store/columns-stored.ts';

/** The parts of a run that are made of SQL, in their order: the linker's. The provider reads cell by cell, without SQL. */
export type RunPart = 'link' | 'audit' | 'who is missed' | 'opt out (2)' | 'release';

/** A step and the part of the run it belongs to. */
export interface ListedStep extends Step {
  readonly part: RunPart;
}

/** What the provider stores of a table's rows; nothing else crosses the identity boundary. */
export interface ListedTable {
  readonly table: string;
  readonly files: readonly string[];
  readonly stored: readonly string[];
}

/** The tables that the provider reads, in its order. */
export function listTables(pipeline: Pipeline): ListedTable[] {
  return tablesOf(pipeline).map((table) => ({
    table: table.name,
    files: table.files.map(({ shownAs }) => shownAs),
    stored: columnsStored(table, pipeline),
  }));
}

/** Every step of the linker with its SQL, from the functions that the run itself uses, without reading any data. */
export function listSteps(pipeline: Pipeline): ListedStep[] {
  const plan = planRelease(pipeline, NO_CODES_READ);
  const as = (part: RunPart) => (step: Step) => ({ part, ...step });
  return [
    ...[...plan.link.steps, ...plan.link.weighedSteps].map(as('link')),
    ...plan.audit.map(as('audit')),
    ...[...(plan.weighing?.counting ?? []), ...(plan.weighing?.weighing ?? [])].map(as('who is missed')),
    ...plan.missed.map(as('who is missed')),
    ...plan.optOut.map(as('opt out (2)')),
    ...releaseSteps(plan).map(as('release')),
  ];
}

function releaseSteps(plan: ReleasePlan): Step[] {
  const { persons, linkMap, person, tables } = plan;
  return [
    ...persons,
    person.settings,
    ...(linkMap === null ? [] : [linkMap]),
    ...tables.flatMap(({ recordNumbers }) => recordNumbers ?? []),
    ...person.dictionaries.map(dictionaryStep),
    ...person.lookups,
    ...(person.facts === null ? [] : [person.facts]),
    personsStep(plan),
  ];
}

function dictionaryStep({ enumType, sql }: DictionaryPlan): Step {
  return step({ name: enumType, about: 'the values of a dictionary column', sql });
}
