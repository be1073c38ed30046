import type { ReleaseRule } from '../../pipeline/pipeline.ts';
import type { Value } from './standardise.ts';

/** A payload value under the rule of its column. */
export function coarsen(value: Value, rule: ReleaseRule): Value {
  if (value === null) return null;
  const text = String(value);
  switch (rule.rule) {
    case 'year':
      return Number(text.slice(0, 4));
    case 'month':
      return `${text.slice(0, 7)}-01`;
    case 'truncate':
      return Array.from(text).slice(0, rule.length).join('');
    case 'map':
      return Object.hasOwn(rule.map, text) ? rule.map[text]! : rule.other;
    default:
      return value;
  }
}

/** The year of birth, or the band of completed years at the reference date; null where the birth date does not say. */
export function birthFact(birthDate: string | null, rule: ReleaseRule): Value {
  if (birthDate === null) return null;
  if (rule.rule !== 'age-band') return Number(birthDate.slice(0, 4));
  if (birthDate > rule.at) return null;
  const hadBirthday = rule.at.slice(5) >= birthDate.slice(5);
  const age = Number(rule.at.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (hadBirthday ? 0 : 1);
  if (age >= rule.top) return `${rule.top}+`;
  const from = Math.floor(age / rule.width) * rule.width;
  return `${from}-${Math.min(from + rule.width, rule.top) - 1}`;
}
