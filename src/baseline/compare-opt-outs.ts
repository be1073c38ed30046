import {
  areBeyondChance,
  type Limits,
  type OptOutLimits,
  type Part,
  severityOf,
  shareOf,
} from '../domain/expectation.ts';
import type { Finding } from '../domain/finding.ts';
import { isSteadyFall } from '../domain/steady-fall.ts';
import { comparePractices } from './compare-practices.ts';
import { compareRegister } from './compare-register.ts';
import type { Delivery, Linkage, Night } from './night.ts';
import type { Peaks } from './opt-out-peaks.ts';
import { describeSeries, optOutSeries, parseSeries } from './opt-out-series.ts';
import { bestOf, type Earlier, sharesOf } from './reference-nights.ts';
import { sinceAccepted } from './since-accepted.ts';
import { count, limit, percent } from './words.ts';

const CHECK = 'night-opt-outs';
/** A share based on fewer opt-outs than this is no evidence: one of two patients is a half. */
const FEWEST = 5;
const WAY_OUT =
  'find out why before releasing anyone; if it is right, run once with --accept-change opt-outs, or set expect.optOuts';

/** The opt-outs of a night before linkage. */
export type OptOutDelivery = Pick<Delivery, 'date' | 'optOutEvents' | 'optOutsInForce' | 'optOutTally'>;

/** One series of counts, and how tonight's compares with those of earlier nights. */
export interface ComparedSeries {
  /** its name in the baseline */
  readonly series: string;
  /** null where no night is kept that has it */
  readonly last: Earlier<number> | null;
  /** the highest count since a change was last accepted */
  readonly best: Earlier<number> | null;
  readonly now: number;
  readonly finding: Finding | null;
}

/**
 * About 150,000 opt-outs at one supplier were once not passed on for three years. So a run stops if there are sharply fewer
 * opt-outs of a type and origin than on the best night, if they become fewer steadily, if a practice that recorded opt-outs delivers none,
 * or if the kept register has become shorter.
 *
 * Events never disappear, because a withdrawal is an event of its own: so any fall counts. Opt-outs in force, and the share of
 * patients that they stop, also fall by withdrawals and when people move: so only a fall beyond chance counts.
 */
export function compareOptOutLists(
  limits: OptOutLimits,
  nights: readonly Night[],
  peaks: Peaks,
  tonight: OptOutDelivery & Pick<Delivery, 'stoppedPatients'>,
): Finding[] {
  return [
    ...compareDelivered(limits, nights, peaks, tonight),
    ...fallenShares(
      limits,
      sinceAccepted(nights, 'opt-outs'),
      (night) => night.stoppedPatients,
      tonight.stoppedPatients,
      (table) => `rows of ${table} that a type 1 opt-out stopped`,
    ),
  ];
}

/** The part of it that needs the delivery's opt-outs alone, and no row of any other table. */
export function compareDelivered(
  limits: OptOutLimits,
  nights: readonly Night[],
  peaks: Peaks,
  tonight: OptOutDelivery,
): Finding[] {
  const compared = sinceAccepted(nights, 'opt-outs');
  const series = compareSeries(limits, nights, peaks, tonight).flatMap(({ series, finding }) =>
    finding === null ? [] : [{ ...parseSeries(series), finding }],
  );
  return [
    ...series.filter(({ kind, key }) => !isSaid(kind, key, series)).map(({ finding }) => finding),
    ...compareRegister(compared, tonight.optOutTally.register),
    ...comparePractices(limits.practices, compared, tonight.optOutTally.practices),
  ];
}

/** Every series of counts of tonight and of the nights since a change was last accepted. */
export function compareSeries(
  limits: OptOutLimits,
  nights: readonly Night[],
  peaks: Peaks,
  tonight: OptOutDelivery,
): ComparedSeries[] {
  const compared = sinceAccepted(nights, 'opt-outs').map((night) => ({
    date: night.date,
    counts: optOutSeries(night) as Readonly<Record<string, number>>,
  }));
  const current: Readonly<Record<string, number>> = optOutSeries(tonight);
  const names = new Set([...compared.flatMap(({ counts }) => Object.keys(counts)), ...Object.keys(current)]);
  return [...names].sort(bySeries).map((series) => {
    const figures = compared.flatMap(({ date, counts }): Earlier<number>[] =>
      counts[series] === undefined ? [] : [{ date, value: counts[series] }],
    );
    const peak = peaks[series];
    // a night older than the newest is compared with the nights up to its own date
    const isPast = peak !== undefined && peak.date <= tonight.date;
    const best = bestOf([...(isPast ? [peak] : []), ...figures], (value) => value);
    const now = current[series] ?? 0;
    const finding = best === null ? null : (fallOf(limits, series, figures, best, now) ?? null);
    return { series, last: figures.at(-1) ?? null, best, now, finding };
  });
}

/** The same for persons who are not released because of an opt-out: this shows opt-outs that no longer match anybody. */
export function compareOptedOut(limits: Limits, nights: readonly Night[], tonight: Linkage): Finding[] {
  return fallenShares(
    limits,
    sinceAccepted(nights, 'opt-outs'),
    (night) => night.personsOptedOut,
    tonight.personsOptedOut,
    (kind) => `persons not released for a ${kind} opt-out`,
  );
}

/** The more severe of a fall below the best night and a steady fall over the nights kept; undefined for neither. */
function fallOf(
  limits: OptOutLimits,
  series: string,
  figures: readonly Earlier<number>[],
  best: Earlier<number>,
  now: number,
): Finding | undefined {
  const isByChance = parseSeries(series).kind.startsWith('in-force');
  const falls: Finding[] = [];
  const judge = (from: Earlier<number>, allowed: Limits, how: string) => {
    if (from.value <= now || (isByChance && !areBeyondChance(from.value, now))) return;
    const severity = severityOf(1 - now / from.value, allowed);
    if (severity === null) return;
    falls.push(problem(severity, `${describeSeries(series)} fell ${how}, to ${count(now)}`, allowed));
  };
  const isKept = figures.some(({ date }) => date === best.date);
  judge(
    best,
    limits,
    `from ${count(best.value)} on ${best.date}, ${isKept ? 'the best night kept' : 'the best night since a change was last accepted'}`,
  );
  const [first] = figures;
  if (first !== undefined && isSteadyFall([...figures.map(({ value }) => value), now])) {
    judge(
      first,
      limits.steady,
      `steadily over ${figures.length} nights, from ${count(first.value)} on ${first.date}`,
    );
  }
  return falls.find(({ severity }) => severity === 'stop') ?? falls[0];
}

/** In the order of the kinds, then of the keys. */
function bySeries(a: string, b: string): number {
  const order = (name: string) => ORDER.indexOf(parseSeries(name).kind);
  return order(a) - order(b) || (a < b ? -1 : 1);
}

const ORDER = ['events', 'in-force', 'events-by-origin', 'in-force-by-origin'];

/** True of a fall by origin of which the fall of all origins together is a finding of its own. */
function isSaid(
  kind: string,
  key: string,
  findings: readonly { readonly kind: string; readonly key: string }[],
): boolean {
  const [origin, name, type] = key.split('/');
  const isFound = (all: string, its: string) => findings.some((one) => one.kind === all && one.key === its);
  if (kind === 'events-by-origin') {
    return isFound('events', key) || isFound('events', `${origin === 'list' ? '' : 'coded/'}${name}/${type}`);
  }
  return (
    kind === 'in-force-by-origin' &&
    (isFound('in-force', `${type}/number`) || isFound('in-force', `${type}/patient`))
  );
}

function fallenShares(
  limits: Limits,
  nights: readonly Night[],
  shares: (night: Night) => Readonly<Record<string, Part>>,
  tonight: Readonly<Record<string, Part>>,
  name: (key: string) => string,
): Finding[] {
  return Object.entries(tonight).flatMap(([key, is]): Finding[] => {
    const best = bestOf(
      sharesOf(nights, (night) => shares(night)[key]).filter(({ value }) => value.part >= FEWEST),
      shareOf,
    );
    if (best === null || shareOf(best.value) <= shareOf(is)) return [];
    const expected = shareOf(best.value) * is.of;
    const severity = is.of === 0 ? null : severityOf(1 - is.part / expected, limits);
    if (severity === null || !areBeyondChance(expected, is.part)) return [];
    const since = `${percent(shareOf(best.value))} on ${best.date}, the best night kept`;
    return [
      problem(
        severity,
        `${name(key)} fell from ${since}, to ${percent(shareOf(is))} (${count(is.part)})`,
        limits,
      ),
    ];
  });
}

function problem(severity: Finding['severity'], message: string, { stop, warn }: Limits): Finding {
  const allowed = `a fall of ${limit(severity === 'stop' ? stop : warn)} is allowed`;
  return { check: CHECK, severity, message: `${message}; ${allowed}`, wayOut: WAY_OUT };
}
