import type { ComparedSeries } from '../baseline/compare-opt-outs.ts';
import type { ComparedPractice } from '../baseline/compare-practices.ts';
import type { Severity } from '../domain/finding.ts';
import type { Reconciliation } from '../run/reconcile-opt-outs.ts';
import { formatCount } from './format.ts';
import { left, right, textTable } from './text-table.ts';

/**
 * Tonight's opt-outs beside earlier nights, for the operator.
 *
 * @param isWhole true prints every practice; false those that have fewer than on the last night
 */
export function reconcileReport(
  { date, nights, series, practices }: Reconciliation,
  isWhole: boolean,
): string {
  const shown = practices.filter(
    ({ last, now, verdict }) => isWhole || verdict !== null || (last ?? 0) > now,
  );
  return [
    nights.length === 0
      ? `opt-outs of ${date}; first night: nothing to compare with`
      : `opt-outs of ${date}, compared with ${formatCount(nights.length)} ${nights.length === 1 ? 'night' : 'nights'}, ${nights[0]} to ${nights.at(-1)}`,
    '',
    ...textTable([left('counted'), left('origin'), left('type'), ...COUNTS], series.map(seriesCells)),
    ...(practices.length === 0
      ? []
      : [
          '',
          `practices: ${formatCount(new Set(practices.map((one) => `${one.source} ${one.practice}`)).size)}${isWhole ? '' : '; shown are those with fewer than on the last night'}`,
        ]),
    ...(shown.length === 0
      ? []
      : textTable(
          [left('source'), left('practice'), left('counted'), left('type'), ...COUNTS],
          shown.map(practiceCells),
        )),
  ].join('\n');
}

const COUNTS = [right('last'), right('best'), right('now'), left('verdict')];

function seriesCells({ series, last, best, now, finding }: ComparedSeries): string[] {
  const colon = series.indexOf(':');
  const parts = series.slice(colon + 1).split('/');
  const counted = series.startsWith('in-force') ? 'in force' : 'events';
  return [
    ...[counted, ...originAndType(series.slice(0, colon), parts)],
    ...[last, best].map((one) => (one === null ? '-' : formatCount(one.value))),
    formatCount(now),
    describeVerdict(finding?.severity ?? null),
  ];
}

/** The parts of a key are in another order for each kind of series. */
function originAndType(kind: string, parts: readonly string[]): [origin: string, type: string] {
  const [first = '', second = '', third] = parts;
  if (kind === 'in-force') return [second === 'number' ? 'by NHS number' : 'by patient key', first];
  if (third !== undefined) return [`${first} of ${second}`, third];
  return second === '' ? [first, 'all'] : [first, second];
}

function practiceCells({ source, practice, kind, last, best, now, verdict }: ComparedPractice): string[] {
  const [origin = '', type = ''] = kind.split('/');
  const counted = origin === 'in-force' ? 'in force' : `events (${origin})`;
  return [
    ...[source, practice, counted, type],
    ...[last === null ? '-' : formatCount(last), formatCount(best), formatCount(now)],
    describeVerdict(verdict),
  ];
}

function describeVerdict(severity: Severity | null): string {
  return severity ?? 'ok';
}
