import { IMPLAUSIBLE_RULES, IMPLAUSIBLE_WORDS } from '../domain/implausible.ts';
import type { CountByRank, ImplausibleCounts } from '../linker/result.ts';
import { formatCount } from './format.ts';
import { left, right, textTable } from './text-table.ts';

/** Implausible links by rule and by match rank, and the rules that could not be checked. */
export function implausibleLines(counts: ImplausibleCounts | null): string[] {
  if (counts === null) return ['implausible links: not checked, nothing is declared (link.implausible)'];
  const { links, implausible, rules, isQuarantined } = counts;
  const fate = isQuarantined ? 'taken apart and held back' : 'counted, and left as they are';
  const head = `implausible links: ${formatCount(total(implausible))} of ${formatCount(total(links))}, ${fate}`;
  const asked = IMPLAUSIBLE_RULES.filter((rule) => rules[rule] !== null);
  const notAsked = IMPLAUSIBLE_RULES.filter((rule) => rules[rule] === null);
  const ranks = Object.keys(links).map(Number);
  const inOrder = [
    ...ranks.filter((rank) => rank > 0).sort((a, b) => a - b),
    ...ranks.filter((rank) => rank === 0),
  ];
  const row = (name: string, of: CountByRank) => [
    `  ${name}`,
    formatCount(total(of)),
    ...inOrder.map((rank) => formatCount(of[rank] ?? 0)),
  ];
  return [
    head,
    ...textTable(
      [left(''), right('links'), ...inOrder.map((rank) => right(`rank ${rank}`))],
      [...asked.map((rule) => row(IMPLAUSIBLE_WORDS[rule], rules[rule]!)), row('all links', links)],
    ),
    ...(notAsked.length === 0
      ? []
      : [
          `  not checked, nothing is declared: ${notAsked.map((rule) => IMPLAUSIBLE_WORDS[rule]).join(', ')}`,
        ]),
  ];
}

function total(counts: CountByRank): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}
