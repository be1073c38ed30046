/** The columns of a subject that has an NHS number (`linker/link/subjects`). */
export const NUMBERED_COLUMNS = [
  'subject',
  'source',
  'nhs',
  'tuple',
  'own',
  'draw',
  'first_of_january',
] as const;

/** Columns as a list, of the relation of that alias if one is given. */
export function columnList(names: readonly string[], alias?: string): string {
  return names.map((name) => (alias === undefined ? name : `${alias}.${name}`)).join(', ');
}
