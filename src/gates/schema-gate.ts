import { comparesUnderNhsNumber } from '../domain/match-rank.ts';
import { ROLES, type Role } from '../domain/role.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ReadField } from '../write/read-field.ts';

/** Columns the program adds to every table of records. */
const ADDED_COLUMNS = ['person', 'match_rank'] as const;
/** The column that it adds where match probabilities are estimated. */
const PROBABILITY = 'match_probability';
/** The column that it adds where the pipeline file requests linkage weights. */
const WEIGHT = 'linkage_weight';
/** Columns the program adds to persons. */
const ADDED_PERSON_COLUMNS = ['person', 'settings', 'settings_met'] as const;

/** Names of the columns that the pipeline file allows in a file, from the allow-list only. */
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

/** What is wrong with a written file's schema: columns that are not allowed, and roles that may never be released. */
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
