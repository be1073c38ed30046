import { byRule, type ReleaseRule, unfit } from './release-rule.ts';

/** The rule in the words of the data dictionary. @throws TallystickError (exit 70) for `drop`: nothing is released */
export function describeRule(rule: ReleaseRule): string {
  return byRule(rule, {
    keep: () => 'keep',
    drop: unfit('a released column'),
    year: () => 'year',
    month: () => 'month: replaced by the first day of its month',
    'year-of-birth': () => 'year-of-birth',
    'age-band': ({ width, at, top }) => `age-band of ${width} years at ${at}, ${top} and over together`,
    truncate: ({ length }) => `truncate to ${length} characters`,
    map: ({ map }) => `map to ${new Set(Object.values(map)).size} categories`,
  });
}
