import type { NightComparison } from '../baseline/nights.ts';

/** The nights with which a night was compared, in one line. */
export function comparisonLine({ nights, isFirstNight, from, to }: NightComparison): string {
  if (nights === 0)
    return isFirstNight ? 'first night: nothing to compare with' : 'new baseline: nothing to compare with';
  const when = from === to ? `of ${to}` : `from ${from} to ${to}`;
  return `compared with ${nights} earlier ${nights === 1 ? 'night' : 'nights'} ${when}: rows, valid identifiers, links, opt-outs`;
}
