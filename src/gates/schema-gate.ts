import { addedToPersons, addedToRecords } from '../domain/added-column.ts';
import { ROLES, type Role } from '../domain/role.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ReadField } from '../write/read-field.ts';

/** Names of the columns that the pipeline file allows in a file: those of its allow-list, and those that a run adds. */
export function allowedColumns({ link, release, sources }: Pipeline, table: string): ReadonlySet<string> {
  const settings = sources.map(({ setting }) => setting);
  const names = (columns: readonly { readonly name: string }[]) => columns.map(({ name }) => name);
  if (table === 'persons') {
    const facts = release.persons.flatMap(({ name }): string[] =>
      name === 'first_seen' || name === 'last_seen'
        ? settings.map((setting) => `${name}_${setting}`)
        : [name],
    );
    return new Set([...names(addedToPersons(link.ranks, settings)), ...facts]);
  }
  const allowed = release.tables.find((one) => one.table === table)?.columns ?? [];
  return new Set([...names(addedToRecords(link.ranks, release.linkageWeights)), ...names(allowed)]);
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
