import { comparesUnderNhsNumber } from '../domain/match-rank.ts';
import { ROLES, type Role } from '../domain/role.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ReadField } from '../write/read-field.ts';

/** Columns the program adds to every table of records. */
const ADDED_COLUMNS = ['person', 'match_rank'] as const;
/** The column it adds where links are weighed. */
const PROBABILITY = 'match_probability';
/** The column it adds where the pipeline file asks for weights. */
const WEIGHT = 'linkage_weight';
/** Columns the program adds to persons. */
const ADDED_PERSON_COLUMNS = ['person', 'settings', 'settings_met'] as const;

/** Names of the columns the pipeline file allows in a file, read from the allow-list and from nothing else. */
export function allowedColumns(pipeline: Pipeline, table: string): ReadonlySet<string> {
  if (table === 'persons') {
    const facts = pipeline.release.persons.flatMap(({ name }): string[] =>
      name === 'first_seen' || name === 'last_seen'
        ? [...new Set(pipeline.sources.map(({ setting }) => `${name}_${setting}`))]
        : [name],
    );
    const ranks = pipeline.sources.map(({ setting }) => `match_rank_${setting}`);
    return new Set([...ADDED_PERSON_COLUMNS, ...ranks, ...facts]);
  }
  const allowed = pipeline.release.tables.find((one) => one.table === table);
  return new Set([
    ...ADDED_COLUMNS,
    ...(comparesUnderNhsNumber(pipeline.link.ranks) ? [PROBABILITY] : []),
    ...(pipeline.release.linkageWeights ? [WEIGHT] : []),
    ...(allowed?.columns.map(({ name }) => name) ?? []),
  ]);
}

/** What is wrong with a written file's schema: columns nobody allowed, and roles that may never be released. */
export function schemaFaults(
  fields: readonly ReadField[],
  allowed: ReadonlySet<string>,
  table: string,
): string[] {
  return fields.flatMap(({ name, metadata }) => {
    const role = metadata.get('role') ?? '';
    const faults: string[] = [];
    if (!allowed.has(name)) faults.push(`${table}.${name} is not in the allow-list`);
    const roleClass = Object.hasOwn(ROLES, role) ? ROLES[role as Role] : 'payload';
    const isBirthFact = table === 'persons' && (role === 'sex' || role === 'date-of-birth');
    if (roleClass !== 'payload' && !isBirthFact) faults.push(`${table}.${name} has the role ${role}`);
    return faults;
  });
}
