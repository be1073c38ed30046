import { type PayloadType, payloadType, ROLES, type Role } from '../domain/role.ts';
import type { ReleaseRule } from './pipeline.ts';

/** True for a column that may be released in some form. */
export function isReleasable(role: Role): boolean {
  return ROLES[role] === 'payload' && payloadType(role) !== null;
}

/** Which coarsening rules make sense for which type of payload. */
export function ruleFits(type: PayloadType | null, rule: ReleaseRule): boolean {
  switch (rule.rule) {
    case 'keep':
    case 'drop':
      return type !== null;
    case 'year':
    case 'month':
      return type === 'date' || type === 'timestamp';
    case 'truncate':
    case 'map':
      return type === 'text';
    default:
      return false; // year-of-birth and age-band are facts of a person, made above the identity boundary
  }
}
