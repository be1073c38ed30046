/** The columns of the subject of a row. */
export const SUBJECT = ['source', 'subject_a', 'subject_b'] as const;

/** And those of a subject that has an NHS number: who it is, its number, its sex|birth date|postcode. */
export const NUMBERED_COLUMNS = [...SUBJECT, 'nhs_a', 'nhs_b', 'sdp_a', 'sdp_b', 'first_of_january'] as const;

/** Columns as a list, of the relation of that alias if one is given. */
export function columnList(names: readonly string[], alias?: string): string {
  return names.map((name) => (alias === undefined ? name : `${alias}.${name}`)).join(', ');
}
