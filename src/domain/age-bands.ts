import type { RuleOf } from './release-rule.ts';

/** The bands of an age-band rule, in order, with the lowest age of each. */
export function ageBands(rule: RuleOf<'age-band'>): readonly { from: number; text: string }[] {
  const bands: { from: number; text: string }[] = [];
  for (let from = 0; from < rule.top; from += rule.width) {
    bands.push({ from, text: `${from}-${Math.min(from + rule.width, rule.top) - 1}` });
  }
  return [...bands, { from: rule.top, text: `${rule.top}+` }];
}
