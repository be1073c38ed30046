import { areBeyondChance, areBeyondChanceAmong, type Limits, severityOf } from '../domain/expectation.ts';
import type { Finding } from '../domain/finding.ts';
import { byKind, type PracticeCounts } from '../domain/opt-out-tally.ts';
import type { Night } from './night.ts';
import { count, limit } from './words.ts';

const CHECK = 'night-practices';
/** Practices that are named; how many more there are is said. */
const NAMED = 20;

type Practices = Readonly<Record<string, PracticeCounts>>;
/** Counts of a practice by kind. */
type Counts = ReadonlyMap<string, number>;

/** The opt-outs of one practice and kind, usually and tonight. */
export interface PracticeFall {
  readonly practice: string;
  /** as in `PracticeCounts` */
  readonly kind: string;
  /** the median of the nights that had the practice */
  readonly usual: number;
  readonly now: number;
}

/**
 * Compares practices: one that recorded opt-outs and has none now; one that has far fewer; one that is not delivered any more.
 *
 * The usual count is the median of the nights that had the practice, and not the best: of thousands of practices the best nights of some are
 * always by chance. Silence is compared with chance for each practice alone. Any other fall is compared with
 * what chance does to the most unlucky of them all. Practices with few opt-outs are compared together, for each of them may lose its two by chance.
 *
 * @param nights since a change was last accepted
 */
export function comparePractices(limits: Limits, nights: readonly Night[], tonight: Practices): Finding[] {
  const last = nights.at(-1)?.optOutTally.practices ?? {};
  return [...new Set([...Object.keys(last), ...Object.keys(tonight)])].sort().flatMap((source) => {
    const now = tonight[source];
    if (now === undefined) return [unnamed(source)];
    const earlier = nights.flatMap(({ optOutTally }) => optOutTally.practices[source] ?? []);
    return compareSource(limits, source, earlier.map(byKind), byKind(now), last[source]);
  });
}

function compareSource(
  limits: Limits,
  source: string,
  nights: readonly ReadonlyMap<string, Counts>[],
  tonight: ReadonlyMap<string, Counts>,
  last: PracticeCounts | undefined,
): Finding[] {
  const all = usualAndNow(nights, tonight);
  const { silent, fallen, small } = fallenPractices(limits, all);
  const saidSilent = withoutEcho(silent);
  return [
    ...byKinds(saidSilent).flatMap(([kind, falls]) => {
      const list = named(falls.map(({ practice, usual }) => `${practice} (${count(usual)} before)`));
      return finding(
        severityOf(1, limits)!,
        `practices of ${source} that had ${describe(kind)} and have none now: ${list}`,
      );
    }),
    ...byKinds(withoutEcho(fallen)).flatMap(([kind, falls]) => {
      const list = named(
        falls.map(({ practice, usual, now }) => `${practice} (from ${count(usual)} to ${count(now)})`),
      );
      const severity = falls.some((one) => severityOf(1 - one.now / one.usual, limits) === 'stop')
        ? 'stop'
        : 'warn';
      const allowed = limit(severity === 'stop' ? limits.stop : limits.warn);
      return finding(
        severity,
        `practices of ${source} with far fewer ${describe(kind)}: ${list}; a fall of ${allowed} is allowed`,
      );
    }),
    ...withoutEcho(small).flatMap(({ kind, practice, usual, now }) =>
      finding(
        severityOf(1 - now / usual, limits)!,
        `${practice} of ${source} have ${count(now)} ${describe(kind)} together; they had ${count(usual)}`,
      ),
    ),
    ...vanished(source, last, tonight),
  ];
}

/** Every practice of tonight's delivery, by every kind that any night had. */
function usualAndNow(
  nights: readonly ReadonlyMap<string, Counts>[],
  tonight: ReadonlyMap<string, Counts>,
): PracticeFall[] {
  const kinds = [
    ...new Set(nights.flatMap((night) => [...(night.values().next().value?.keys() ?? [])])),
  ].sort();
  return kinds.flatMap((kind) =>
    [...tonight].map(([practice, counts]) => {
      const earlier = nights.flatMap((night) => {
        const its = night.get(practice);
        return its === undefined ? [] : [its.get(kind) ?? 0];
      });
      return { practice, kind, usual: medianOf(earlier), now: counts.get(kind) ?? 0 };
    }),
  );
}

function fallenPractices(limits: Limits, all: readonly PracticeFall[]) {
  const isTooFew = ({ usual, now }: PracticeFall) =>
    now < usual && severityOf(1 - now / usual, limits) !== null;
  const isLarge = ({ usual }: PracticeFall) => areBeyondChance(usual, 0);
  const small = byKinds(all.filter((one) => one.usual > 0 && !isLarge(one))).map(([kind, few]) => ({
    kind,
    practice: `the ${count(few.length)} practices with the fewest opt-outs`,
    usual: few.reduce((sum, { usual }) => sum + usual, 0),
    now: few.reduce((sum, { now }) => sum + now, 0),
  }));
  return {
    silent: all.filter((one) => one.now === 0 && isLarge(one) && isTooFew(one)),
    fallen: all.filter(
      (one) => one.now > 0 && isTooFew(one) && areBeyondChanceAmong(one.usual, one.now, all.length),
    ),
    small: small.filter((one) => isTooFew(one) && areBeyondChance(one.usual, one.now)),
  };
}

/** Where a practice delivers no codes, nothing of them is in force either: that is said once. */
function withoutEcho(falls: readonly PracticeFall[]): PracticeFall[] {
  const delivered = new Set(
    falls
      .filter(({ kind }) => !kind.startsWith('in-force/'))
      .map(({ practice, kind }) => `${practice} ${typeOf(kind)}`),
  );
  return falls.filter(
    ({ practice, kind }) => !kind.startsWith('in-force/') || !delivered.has(`${practice} ${typeOf(kind)}`),
  );
}

function typeOf(kind: string): string {
  return kind.slice(kind.indexOf('/') + 1);
}

function describe(kind: string): string {
  const [origin, type] = kind.split('/');
  if (origin === 'in-force') return `${type} opt-outs in force`;
  return origin === 'flag' ? `flagged ${type} opt-outs` : `coded ${type} events`;
}

/** Whoever opted out at a practice that is not delivered may be released from elsewhere. */
function vanished(
  source: string,
  last: PracticeCounts | undefined,
  tonight: ReadonlyMap<string, Counts>,
): Finding[] {
  const before = last === undefined ? [] : [...byKind(last).keys()];
  const gone = before.filter((practice) => !tonight.has(practice));
  if (gone.length === 0) return [];
  return [
    {
      check: CHECK,
      severity: 'warn',
      message: `practices of ${source} that were delivered on the last night and are not now: ${named(gone)}`,
      wayOut: 'find out whether they left: the opt-outs that their patients recorded there are not known now',
    },
  ];
}

function unnamed(source: string): Finding {
  return {
    check: CHECK,
    severity: 'warn',
    message: `${source} does not name the practices of its patients any more, so that they are not compared`,
    wayOut: 'declare the column with the role organisation again',
  };
}

function finding(severity: Finding['severity'], message: string): Finding[] {
  return [
    {
      check: CHECK,
      severity,
      message,
      wayOut:
        'ask the practice or its supplier before releasing anyone; if it is right, run once with --accept-change opt-outs, or set expect.optOuts.practices',
    },
  ];
}

function named(texts: readonly string[]): string {
  const more = texts.length - NAMED;
  return more > 0 ? `${texts.slice(0, NAMED).join(', ')} and ${count(more)} more` : texts.join(', ');
}

function byKinds<T extends { readonly kind: string }>(falls: readonly T[]): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const fall of falls) {
    const group = groups.get(fall.kind);
    if (group === undefined) groups.set(fall.kind, [fall]);
    else group.push(fall);
  }
  return [...groups];
}

/** The lower median; 0 of none. */
function medianOf(counts: readonly number[]): number {
  return counts.toSorted((a, b) => a - b)[Math.floor((counts.length - 1) / 2)] ?? 0;
}
