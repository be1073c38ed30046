import { NO_CODES_READ } from '../linker/de-identify/known-codes.ts';
import type { DictionaryPlan } from '../linker/de-identify/released-texts.ts';
import { personsStep } from '../linker/publish/person-outputs.ts';
import { planRelease, type ReleasePlan } from '../linker/release/plan-release.ts';
import { keyOf, sortedBy } from '../linker/release/rows/row-layout.ts';
import { type Pipeline, tablesOf } from '../pipeline/pipeline.ts';
import { type Step, step } from '../sql/step.ts';
import { columnsStored } from '../store/columns-stored.ts';
import { codeColumnsLookedThrough } from '../store/stored-columns.ts';

/** The parts of a run that are made of SQL, in their order: the linker's. The provider reads cell by cell, and rows are released, without SQL. */
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

/** What becomes of the rows of a table, for which the linker needs no SQL either (`linker/release/rows`). */
export interface ListedRelease {
  readonly table: string;
  /** what leads a row to its person */
  readonly by: 'subject' | 'parent';
  /** columns whose codes may leave a row out */
  readonly lookedThrough: readonly string[];
  /** released columns, each with its rule in words; none where rows only say when persons were seen */
  readonly released: readonly string[];
  /** the columns by which a person's rows are sorted, the first of them first */
  readonly sortedBy: readonly string[];
}

/** The tables whose rows are released, or say when persons were seen, in the linker's order. */
export function listReleases(pipeline: Pipeline): ListedRelease[] {
  const { tables, person } = planRelease(pipeline, NO_CODES_READ);
  const seen = new Set(person.seen.flatMap((one) => one.tables));
  return tables
    .filter(({ spec, isReleased }) => isReleased || seen.has(spec.name))
    .map(({ spec, release }) => ({
      table: spec.name,
      by: keyOf(release),
      lookedThrough: codeColumnsLookedThrough(spec, pipeline).map(({ name }) => name),
      released: release.columns.map(({ released: { name, rule } }) => `${name}: ${rule}`),
      sortedBy: release.columns.length === 0 ? [] : sortedBy(release),
    }));
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
    ...[
      ...plan.link.numbering,
      ...plan.optOutNumbers,
      ...plan.link.steps,
      ...plan.link.stepsAfterEstimate,
    ].map(as('link')),
    ...plan.audit.map(as('audit')),
    ...[...(plan.linkageWeights?.counting ?? []), ...(plan.linkageWeights?.assigning ?? [])].map(
      as('who is missed'),
    ),
    ...plan.missed.map(as('who is missed')),
    ...plan.optOut.map(as('opt out (2)')),
    ...releaseSteps(plan).map(as('release')),
  ];
}

function releaseSteps(plan: ReleasePlan): Step[] {
  const { persons, linkMap, person, tables } = plan;
  return [
    ...persons,
    person.careSettings,
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
