import { byRule, type ReleaseRule, unfit } from '../domain/release-rule.ts';
import type { Value } from './standardise.ts';

/** A payload value under the rule of its column. */
export function coarsen(value: Value, rule: ReleaseRule): Value {
  if (value === null) return null;
  const text = String(value);
  return byRule<Value>(rule, {
    keep: () => value,
    drop: unfit('a released value'),
    year: () => Number(text.slice(0, 4)),
    month: () => `${text.slice(0, 7)}-01`,
    truncate: ({ length }) => Array.from(text).slice(0, length).join(''),
    map: ({ map, other }) => (Object.hasOwn(map, text) ? map[text]! : other),
    'year-of-birth': unfit('a payload value'),
    'age-band': unfit('a payload value'),
  });
}

/** The year of birth, or the band of completed years at the reference date; null where there is no valid birth date. */
export function birthFact(birthDate: string | null, rule: ReleaseRule): Value {
  if (birthDate === null) return null;
  const cannot = unfit('a birth date');
  return byRule<Value>(rule, {
    'year-of-birth': () => Number(birthDate.slice(0, 4)),
    'age-band': ({ at, width, top }) => {
      if (birthDate > at) return null;
      const hadBirthday = at.slice(5) >= birthDate.slice(5);
      const age = Number(at.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (hadBirthday ? 0 : 1);
      if (age >= top) return `${top}+`;
      const from = Math.floor(age / width) * width;
      return `${from}-${Math.min(from + width, top) - 1}`;
    },
    keep: cannot,
    drop: cannot,
    year: cannot,
    month: cannot,
    truncate: cannot,
    map: cannot,
  });
}
