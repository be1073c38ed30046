import { resolve } from 'node:path';
import { NAMES_TAKEN } from '../domain/added-column.ts';
import { EARLIEST_BIRTH_DATE } from '../domain/birth-date.ts';
import type { ReleaseRule } from '../domain/release-rule.ts';
import { payloadType, ROLES } from '../domain/role.ts';
import type { Complain } from './complain.ts';
import type { Path } from './locate.ts';
import {
  type ColumnSpec,
  isSubjectTable,
  PERSON_FACTS,
  type PersonFact,
  type Pipeline,
  type ReleasedColumn,
  type ReleasedTable,
  type ReleaseSpec,
  tablesOf,
} from './pipeline.ts';
import { isReleasable, ruleFits } from './rule-fits.ts';
import type { PipelineFile, RuleFile } from './schema.ts';

/** Age bands are five years wide and end at 90 and over (domain reference, section 7, unconfirmed). */
const DEFAULT_AGE_BAND = { width: 5, top: 90 };

/**
 * Checks the allow-list: only the columns in it are released, and identifier, name, address, contact and free-text columns are
 * never allowed in it.
 */
export function completeRelease(
  release: PipelineFile['release'],
  pipeline: Pipeline,
  runDate: string,
  folder: string,
  complain: Complain,
): ReleaseSpec {
  const path = ['release', 'tables'];
  const tables: ReleasedTable[] = [];
  const persons: { name: PersonFact; rule: ReleaseRule }[] = [];
  for (const [name, columns] of Object.entries(release.tables)) {
    const at = [...path, name];
    if (name === 'persons') {
      for (const [fact, rule] of Object.entries(columns)) {
        const complete = completeRule(rule, runDate);
        if (!Object.hasOwn(PERSON_FACTS, fact)) {
          const known = Object.keys(PERSON_FACTS).join(', ');
          complain([...at, fact], `persons has no fact ${fact}`, `it may carry ${known}`, true);
          continue;
        }
        const role = PERSON_FACTS[fact as PersonFact];
        const fault = personFault(fact as PersonFact, complete);
        checkAgeDay(complete, runDate, [...at, fact, 'at'], complain);
        if (fault !== null) complain([...at, fact], fault);
        else if (role !== 'date' && !hasRole(pipeline, role))
          complain([...at, fact], `no source has a ${role} column`, undefined, true);
        else if (complete.rule !== 'drop') persons.push({ name: fact as PersonFact, rule: complete });
      }
      continue;
    }
    const table = tablesOf(pipeline).find((one) => one.name === name);
    if (table === undefined || table.kind !== 'records') {
      complain(
        at,
        table === undefined ? `there is no table ${name}` : `${name} holds identifiers`,
        'patients are released as persons',
        true,
      );
      continue;
    }
    const released: ReleasedColumn[] = [];
    for (const [columnName, rule] of Object.entries(columns)) {
      const column = table.columns.find((one) => one.name === columnName);
      const complete = completeRule(rule, runDate);
      const fault =
        column === undefined
          ? `the column ${columnName} is not declared in ${name}`
          : columnFault(column, complete);
      if (fault !== null) complain([...at, columnName], fault, undefined, true);
      else if (complete.rule !== 'drop') released.push({ name: columnName, rule: complete });
    }
    checkOutputNames(released, at, complain);
    tables.push({ table: name, columns: released });
  }
  if (Object.keys(release.tables).length === 0) complain(path, 'nothing is released', undefined, true);
  return {
    agreement: release.agreement,
    recipient: release.recipient ?? null,
    persons,
    tables,
    linkageWeights: release.linkageWeights ?? false,
    sensitiveCodes: release.sensitiveCodes === undefined ? null : resolve(folder, release.sensitiveCodes),
  };
}

function completeRule(rule: RuleFile, runDate: string): ReleaseRule {
  if (typeof rule === 'string') return { rule };
  switch (rule.rule) {
    case 'age-band':
      return {
        rule: 'age-band',
        at: rule.at ?? runDate,
        width: rule.width ?? DEFAULT_AGE_BAND.width,
        top: rule.top ?? DEFAULT_AGE_BAND.top,
      };
    case 'truncate':
      return { rule: 'truncate', length: rule.length };
    case 'map':
      return { rule: 'map', map: rule.map, other: rule.other ?? null };
    default:
      return { rule: rule.rule };
  }
}

/** Before the first possible birth nobody has an age, and on a future day it is unknown who will be alive. */
function checkAgeDay(rule: ReleaseRule, runDate: string, path: Path, complain: Complain): void {
  if (rule.rule !== 'age-band') return;
  if (rule.at < EARLIEST_BIRTH_DATE) {
    complain(path, `nobody was born by then: no birth date is before ${EARLIEST_BIRTH_DATE}`);
  } else if (rule.at > runDate)
    complain(path, `is after the run date, ${runDate}`, 'leave it out: the default is the run date');
}

function columnFault(column: ColumnSpec, rule: ReleaseRule): string | null {
  if (!isReleasable(column.role)) {
    return `the ${ROLES[column.role]} column ${column.name} (${column.role}) can never be released`;
  }
  return ruleFits(payloadType(column.role), rule)
    ? null
    : `the rule ${rule.rule} does not fit a ${column.role} column`;
}

function personFault(fact: PersonFact, rule: ReleaseRule): string | null {
  const allowed: Record<PersonFact, readonly ReleaseRule['rule'][]> = {
    sex: ['keep', 'drop'],
    age_band: ['age-band', 'drop'],
    year_of_birth: ['year-of-birth', 'drop'],
    area: ['keep', 'truncate', 'map', 'drop'],
    ethnic_category: ['keep', 'map', 'drop'],
    deprivation: ['keep', 'map', 'drop'],
    date_of_death: ['month', 'year', 'keep', 'drop'],
    first_seen: ['month', 'year', 'keep', 'drop'],
    last_seen: ['month', 'year', 'keep', 'drop'],
  };
  return allowed[fact].includes(rule.rule)
    ? null
    : `${fact} takes ${allowed[fact].join(', ')}, not ${rule.rule}`;
}

/** Facts of a person are in tables with identifiers; other tables only point at those. */
function hasRole(pipeline: Pipeline, role: string): boolean {
  return tablesOf(pipeline).some(
    (table) => isSubjectTable(table) && table.columns.some((column) => column.role === role),
  );
}

/** Names of the columns that a run adds are taken, in capitals too: the engine does not distinguish them. */
function checkOutputNames(columns: readonly ReleasedColumn[], path: Path, complain: Complain): void {
  for (const { name } of columns) {
    if (!NAMES_TAKEN.includes(name.toLowerCase())) continue;
    complain(
      [...path, name],
      `the name ${name} is taken`,
      'have the column delivered under another name',
      true,
    );
  }
}
