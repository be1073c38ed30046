import { type AddedColumn, linkColumns } from '../../domain/added-column.ts';
import { describeRule } from '../../domain/describe-rule.ts';
import { type HeldReason, isExempt } from '../../domain/held-reason.ts';
import { trustsNhsNumbers } from '../../domain/match-rank.ts';
import type { PlannedColumn } from '../../domain/planned-column.ts';
import { CARE_SETTINGS, type CareSetting } from '../../domain/role.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import { parentsFirst } from '../../pipeline/order-tables.ts';
import {
  type ColumnSpec,
  isFlat,
  PERSON_FACTS,
  type Pipeline,
  sourceIndexOf,
  subjectTablesOf,
  type TableSpec,
} from '../../pipeline/pipeline.ts';
import { type Sql, table } from '../../sql/sql.ts';
import type { Step } from '../../sql/step.ts';
import { birthFactsOf } from '../../store/birth-facts.ts';
import { planTokens } from '../../store/token-plan.ts';
import { planAudit } from '../audit/audit-linkage.ts';
import type { KnownCodes } from '../de-identify/known-codes.ts';
import { planColumn } from '../de-identify/plan-column.ts';
import {
  type DictionaryPlan,
  dictionaryOf,
  type TextLookup,
  textLookup,
} from '../de-identify/released-texts.ts';
import { dateUnderRule, dayUnderRule } from '../de-identify/rule-sql.ts';
import { implausibleTables } from '../link/implausible/implausible-tables.ts';
import { AS_LINKED, withImplausibleLinks } from '../link/implausible/steps.ts';
import { type LinkPlan, planLinking } from '../link/steps.ts';
import { SUBJECT_PERSONS } from '../link/subject-persons.ts';
import { type LinkageWeightPlan, planLinkageWeights } from '../missed/linkage-weight-steps.ts';
import { missedTables, planMissed } from '../missed/missed-records.ts';
import { reasonIfNotAllowed } from '../opt-outs/allow-list.ts';
import { OPT_OUT_NUMBERS, optOutSteps } from '../opt-outs/steps.ts';
import { numberInSource, storedRows, storedSubjects } from '../stored-relations.ts';
import { linkMapStep } from './link-map-step.ts';
import { type FactPlan, type FactTable, personCareSettingsStep, personFactsStep } from './person-steps.ts';
import type { TableRelease } from './rows/row-layout.ts';
import { personSteps, type RecordTable, recordNumberStep } from './steps.ts';

/** The steps that release one table of records. */
export interface TablePlan {
  readonly spec: TableSpec;
  readonly release: TableRelease;
  /** false for a table that is only looked at for when persons were seen */
  readonly isReleased: boolean;
  readonly recordNumbers: Step | null;
}

/** A fact of a person in `persons`: a column of that name. */
export interface FactColumn extends PlannedColumn {
  /** ENUM type of the texts that a rule has made; null for other columns */
  readonly enumType: string | null;
}

export interface PersonPlan {
  readonly facts: Step | null;
  readonly factColumns: readonly FactColumn[];
  readonly dictionaries: readonly DictionaryPlan[];
  readonly lookups: readonly Step[];
  /** settings whose records say when they saw each person, with the tables of such records */
  readonly seen: readonly { readonly careSetting: CareSetting; readonly tables: readonly string[] }[];
  readonly careSettings: Step;
}

/** Every step below the identity boundary, as data: what `plan` prints and what a run executes. */
export interface ReleasePlan {
  /** why persons and rows may be held, in the declared order */
  readonly reasons: readonly HeldReason[];
  readonly link: LinkPlan;
  /** reads what linking leaves, and changes nothing of it */
  readonly audit: readonly Step[];
  /** likewise */
  readonly missed: readonly Step[];
  /** null unless the pipeline file asks for it */
  readonly linkageWeights: LinkageWeightPlan | null;
  /** opt-outs by number, while tokens can be looked up */
  readonly optOutNumbers: readonly Step[];
  readonly optOut: readonly Step[];
  readonly persons: readonly Step[];
  /** null unless the pipeline file asks for it */
  readonly linkMap: Step | null;
  readonly tables: readonly TablePlan[];
  readonly person: PersonPlan;
}

/** @param known what was found among the codes of the store */
export function planRelease(pipeline: Pipeline, known: KnownCodes): ReleasePlan {
  const { ranks, quarantineImplausible } = pipeline.link;
  const { reasons, exempt } = pipeline.optOuts;
  const gpSources = pipeline.sources.flatMap(({ setting }, index) => (setting === 'gp' ? [index] : []));
  const sourceIndex = (table: TableSpec) => sourceIndexOf(pipeline, table);
  const subjectTables = subjectTablesOf(pipeline);
  const tables = pipeline.sources
    .flatMap((source) => parentsFirst(source.tables))
    .map((spec) => planTable(spec, pipeline, storedRows(pipeline, spec), sourceIndex(spec)));
  const missed = missedTables(pipeline);
  return {
    reasons,
    link: withImplausibleLinks(
      (persons) =>
        planLinking(
          subjectTables.map((table) => ({
            source: sourceIndex(table),
            rows: storedRows(pipeline, table),
            subjects: storedSubjects(pipeline, sourceIndex(table)),
            isFlat: isFlat(table),
            ...linkingColumns(table, pipeline),
            hasBusyTuples: pipeline.link.ignoreBusiestPostcodes !== null,
          })),
          pipeline.sources.flatMap(({ addresses }) =>
            addresses === null ? [] : [{ rows: storedRows(pipeline, addresses) }],
          ),
          ranks,
          pipeline.link.minProbability,
          persons,
        ),
      implausibleTables(pipeline, subjectTables, known),
      ranks,
      quarantineImplausible,
      dialect,
    ),
    audit: planAudit(pipeline),
    missed: planMissed(missed),
    linkageWeights: pipeline.release.linkageWeights ? planLinkageWeights(missed, dialect) : null,
    optOutNumbers: OPT_OUT_NUMBERS,
    optOut: optOutSteps(
      {
        reasons,
        exempt: new Set(reasons.flatMap(({ name }) => (isExempt(name, exempt) ? [name] : []))),
        ifNotAllowed: reasonIfNotAllowed(pipeline.optOuts),
        // what is taken apart may be wrongly so: the opt-outs of each part act on the other
        asLinked: table(quarantineImplausible ? AS_LINKED : SUBJECT_PERSONS),
        mayContradict: quarantineImplausible || !trustsNhsNumbers(ranks),
        holdBackUntied: pipeline.optOuts.untied === 'hold-back',
        gpSources,
      },
      dialect,
    ),
    persons: personSteps(gpSources, linksOf(pipeline)),
    linkMap: pipeline.link.keepMap
      ? linkMapStep(
          pipeline.sources.map(({ name }) => name),
          reasons,
          dialect,
        )
      : null,
    tables,
    person: planPersons(
      pipeline,
      subjectTables.map((spec) => ({
        spec,
        fact: {
          name: spec.name,
          source: sourceIndex(spec),
          relation: storedRows(pipeline, spec),
          date: spec.date,
        },
      })),
      tables,
    ),
  };
}

/** What the store holds of a table for the ranks of the ladder. */
function linkingColumns(table: TableSpec, pipeline: Pipeline) {
  const { comparedFields, hasLocalIds, hasIgnoredPostcodes } = planTokens(table, pipeline).linking;
  return { comparedFields, hasLocalIds, hasIgnoredPostcodes };
}

function linksOf({ link, release }: Pipeline): readonly AddedColumn[] {
  return linkColumns(link.ranks, release.linkageWeights);
}

function planTable(spec: TableSpec, pipeline: Pipeline, relation: Sql, source: number): TablePlan {
  const released = pipeline.release.tables.find(({ table }) => table === spec.name);
  const parent = spec.columns.find(({ role }) => role === 'parent-key')?.references ?? null;
  const table: RecordTable = {
    name: spec.name,
    source,
    relation,
    parent,
    numberInSource: numberInSource(pipeline, source),
    links: linksOf(pipeline),
  };
  const columns = (released?.columns ?? []).map(({ name, rule }) =>
    planColumn(spec.columns.find((column) => column.name === name)!, rule, spec),
  );
  const release: TableRelease = { table, columns, date: spec.date };
  const isPointedAt = pipeline.sources.some((one) =>
    one.tables.some((other) => other.columns.some(({ references }) => references === spec.name)),
  );
  return {
    spec,
    release,
    isReleased: released !== undefined,
    recordNumbers: isPointedAt ? recordNumberStep(table) : null,
  };
}

function planPersons(
  pipeline: Pipeline,
  subjects: readonly { readonly spec: TableSpec; readonly fact: Omit<FactTable, 'lookups'> }[],
  tables: readonly TablePlan[],
): PersonPlan {
  const factColumns: FactColumn[] = [];
  const facts: FactPlan[] = [];
  const dictionaries: DictionaryPlan[] = [];
  /** by table */
  const lookups = new Map<string, TextLookup[]>();
  const birthFacts = new Set<string>(birthFactsOf(pipeline));
  for (const { name, rule } of pipeline.release.persons) {
    const role = PERSON_FACTS[name];
    if (role === 'date') continue;
    const tablesWithRole = subjects.filter(({ spec }) => spec.columns.some((column) => column.role === role));
    const cell = (spec: TableSpec) => `row.${dialect.name(columnOf(spec, role).name)}`;
    const source = tablesWithRole
      .map(({ spec }) => `${spec.source}.${spec.name}.${columnOf(spec, role).name}`)
      .join(', ');
    const common = {
      name,
      role,
      system: null,
      source,
      rule: describeRule(rule),
      description: FACT_DESCRIPTIONS[name],
    };
    if (birthFacts.has(name)) {
      const type = name === 'year_of_birth' ? 'int16' : 'dictionary';
      factColumns.push({ ...common, type, enumType: null });
      facts.push({ name, from: new Map(tablesWithRole.map(({ spec }) => [spec.name, `row.${name}`])) });
    } else if (role === 'date-of-death') {
      factColumns.push({ ...common, type: dateUnderRule(name, rule).type, enumType: null });
      const from = tablesWithRole.map(({ spec }): [string, string] => [
        spec.name,
        // a CASE and not greatest(0, ...), which passes over a NULL; no person with records here died before 1900
        `CASE WHEN ${cell(spec)} >= DATE '1900-01-01' THEN ${dayUnderRule(cell(spec), rule)} - DATE '1900-01-01' END`,
      ]);
      facts.push({ name, from: new Map(from) });
    } else {
      const enumType = `dictionary_persons_${name}`;
      factColumns.push({ ...common, type: 'dictionary', enumType });
      const texts = tablesWithRole.map(({ spec }) => ({
        table: spec.name,
        column: columnOf(spec, role).name,
      }));
      dictionaries.push(dictionaryOf(enumType, texts, rule, dialect));
      const from = new Map<string, string>();
      for (const column of texts) {
        const lookup = textLookup(column, rule, enumType, dialect);
        lookups.set(column.table, [...(lookups.get(column.table) ?? []), lookup]);
        from.set(column.table, `enum_code(${lookup.released})`);
      }
      facts.push({ name, from });
    }
  }
  const isSeen = pipeline.release.persons.some(({ name }) => PERSON_FACTS[name] === 'date');
  const seen = CARE_SETTINGS.flatMap((careSetting) => {
    const dated = tables.filter(({ spec }) => spec.setting === careSetting && spec.date !== null);
    return isSeen && dated.length > 0 ? [{ careSetting, tables: dated.map(({ spec }) => spec.name) }] : [];
  });
  return {
    facts:
      facts.length === 0
        ? null
        : personFactsStep(
            subjects.map(({ fact }) => ({
              ...fact,
              lookups: (lookups.get(fact.name) ?? []).map(({ join }) => join),
            })),
            facts,
            dialect,
          ),
    factColumns,
    dictionaries,
    lookups: [...lookups.values()].flat().map(({ step }) => step),
    seen,
    careSettings: personCareSettingsStep(
      pipeline.sources.map(({ setting }) => setting),
      pipeline.link.ranks,
    ),
  };
}

function columnOf(spec: TableSpec, role: ColumnSpec['role']): ColumnSpec {
  return spec.columns.find((column) => column.role === role)!;
}

const FACT_DESCRIPTIONS: Readonly<Record<keyof typeof PERSON_FACTS, string>> = {
  sex: '1 male, 2 female',
  age_band: 'Age in completed years, in bands',
  year_of_birth: 'Year of birth',
  area: 'Area of residence',
  ethnic_category: 'Ethnic category',
  deprivation: 'Deprivation of the area of residence',
  date_of_death: 'Date of death',
  first_seen: 'First record in this care setting',
  last_seen: 'Last record in this care setting',
};
