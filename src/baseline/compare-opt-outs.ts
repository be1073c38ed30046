import { areBeyondChance, type Limits, type Part, severityOf, shareOf } from '../domain/expectation.ts';
import type { Finding } from '../domain/finding.ts';
import { sinceAccepted } from './baseline.ts';
import type { Delivery, Linkage, Night } from './night.ts';
import { bestOf, figuresOf, sharesOf } from './reference-nights.ts';
import { count, limit, percent } from './words.ts';

const CHECK = 'night-opt-outs';
/** A share based on fewer opt-outs than this is no evidence: one of two patients is a half. */
const FEWEST = 5;
const WAY_OUT =
  'find out why before releasing anyone; if it is right, run once with --accept-change opt-outs, or set expect.optOuts';

/**
 * About 150,000 opt-outs at one supplier were once not passed on for three years. So a run stops if there are sharply fewer
 * opt-outs of a type and origin than on the best night kept.
 *
 * Events never disappear, because a withdrawal is an event of its own: so any fall counts. Opt-outs in force, and the share of
 * patients that they stop, also fall by withdrawals and when people move: so only a fall beyond chance counts.
 */
export function compareOptOutLists(limits: Limits, nights: readonly Night[], tonight: Delivery): Finding[] {
  const compared = sinceAccepted(nights, 'opt-outs');
  const events = fallen(limits, compared, (night) => night.optOutEvents, tonight, nameOfEvents, false);
  const inForce = fallen(limits, compared, (night) => night.optOutsInForce, tonight, nameInForce, true);
  const stopped = fallenShares(
    limits,
    compared,
    (night) => night.stoppedPatients,
    tonight.stoppedPatients,
    (table) => `rows of ${table} that a type 1 opt-out stopped`,
  );
  return [...events, ...inForce, ...stopped];
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

type Counts = Readonly<Record<string, number>>;

function fallen(
  limits: Limits,
  nights: readonly Night[],
  counts: (night: Delivery) => Counts,
  tonight: Delivery,
  name: (key: string) => string,
  isByChance: boolean,
): Finding[] {
  const keys = new Set(nights.flatMap((night) => Object.keys(counts(night))));
  return [...keys].sort().flatMap((key): Finding[] => {
    const best = bestOf(
      figuresOf(nights, (night) => counts(night)[key]),
      (value) => value,
    );
    const is = counts(tonight)[key] ?? 0;
    if (best === null || best.value <= is) return [];
    const severity = severityOf(1 - is / best.value, limits);
    if (severity === null || (isByChance && !areBeyondChance(best.value, is))) return [];
    const since = `${count(best.value)} on ${best.date}, the best night kept`;
    return [problem(severity, `${name(key)} fell from ${since}, to ${count(is)}`, limits)];
  });
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

function nameOfEvents(key: string): string {
  const [origin, ofWhat, type] = key.split('/');
  if (origin === 'register') return `the register's ${ofWhat} events`;
  if (origin === 'list')
    return type === 'allowed'
      ? `the numbers that the list ${ofWhat} allows`
      : `the ${type} events of the list ${ofWhat}`;
  if (origin === 'national') return 'the numbers that the national reply allows';
  return type === undefined ? 'coded opt-out events' : `coded ${type} events of ${ofWhat}`;
}

function nameInForce(key: string): string {
  const [type, known] = key.split('/');
  return known === 'number'
    ? `${type} opt-outs in force, by NHS number`
    : `coded ${type} opt-outs in force, by patient key`;
}
