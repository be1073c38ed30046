import { byRule, type ReleaseRule } from '../domain/release-rule.ts';
import { type PayloadType, payloadType, ROLES, type Role } from '../domain/role.ts';

/** True for a column that may be released in some form. */
export function isReleasable(role: Role): boolean {
  return ROLES[role] === 'payload' && payloadType(role) !== null;
}

/** The coarsening rules that fit each type of payload. */
export function ruleFits(type: PayloadType | null, rule: ReleaseRule): boolean {
  const isAny = () => type !== null;
  const isDated = () => type === 'date' || type === 'timestamp';
  const isText = () => type === 'text';
  // a fact of a person, made above the identity boundary
  const isBirthFact = () => false;
  return byRule(rule, {
    keep: isAny,
    drop: isAny,
    year: isDated,
    month: isDated,
    truncate: isText,
    map: isText,
    'year-of-birth': isBirthFact,
    'age-band': isBirthFact,
  });
}
