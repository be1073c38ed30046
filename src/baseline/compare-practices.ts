import { areBeyondChance, areBeyondChanceAmong, type Limits, severityOf } from '../domain/expectation.ts';
import type { Finding, Severity } from '../domain/finding.ts';
import { type PracticeCounts, unpackPractices } from '../domain/opt-out-tally.ts';
import type { Night } from './night.ts';
import { count } from './words.ts';

const CHECK = 'night-practices';
/** Practices that are named; how many more there are is said. */
const NAMED = 20;

type Practices = Readonly<Record<string, PracticeCounts>>;

/** The opt-outs of one practice and kind on earlier nights and tonight. */
export interface ComparedPractice {
  readonly source: string;
  readonly practice: string;
  /** as in `PracticeCounts` */
  readonly kind: string;
  /** on the last night that had the practice; null where none had it */
  readonly last: number | null;
  readonly best: number;
  /** the median of the nights that had the practice */
  readonly usual: number;
  readonly now: number;
  /** null where it is as usual */
  readonly verdict: Severity | null;
}

/**
 * Compares practices: one that recorded opt-outs and has none now; one that has far fewer; one that is not delivered any more.
 *
 * The usual count is the median of the nights that had the practice, and not the best: of thousands of practices the best nights of
 * some are always by chance. Silence is compared with chance for each practice alone. Any other fall is compared with what
 * chance does to the most unlucky of them all. Practices with few opt-outs are compared together, for each of them may lose its two by
 * chance.
 *
 * @param nights since a change was last accepted
 */
export function comparePractices(limits: Limits, nights: readonly Night[], tonight: Practices): Finding[] {
  const all = practicesCompared(limits, nights, tonight);
  const last = nights.at(-1)?.optOutTally.practices ?? {};
  return [...new Set([...Object.keys(last), ...Object.keys(tonight)])].sort().flatMap((source) => {
    const now = tonight[source];
    if (now === undefined) return [unnamed(source)];
    const own = all.filter((one) => one.source === source);
    return [...findingsOf(limits, source, own), ...vanished(source, last[source], unpackPractices(now))];
  });
}

/** Every practice of tonight's delivery, by every kind that tonight or any night has. */
export function practicesCompared(
  limits: Limits,
  nights: readonly Night[],
  tonight: Practices,
): ComparedPractice[] {
  return Object.entries(tonight).flatMap(([source, practices]) => {
    const earlier = nights.flatMap(({ optOutTally }) => optOutTally.practices[source] ?? []);
    const kinds = [...new Set([...earlier, practices].flatMap((one) => one.kinds))].sort();
    const now = unpackPractices(practices);
    const pairs = kinds.length * now.size;
    const unpacked = earlier.map((night) => ({ kinds: night.kinds, counts: unpackPractices(night) }));
    return kinds.flatMap((kind) => {
      const before = unpacked.map((night) => ({ ...night, index: night.kinds.indexOf(kind) }));
      const index = practices.kinds.indexOf(kind);
      return [...now].map(([practice, counts]) => {
        const counted = before.flatMap((night) => {
          const its = night.counts.get(practice);
          return its === undefined ? [] : [its[night.index] ?? 0];
        });
        const one = {
          ...{ source, practice, kind },
          last: counted.at(-1) ?? null,
          best: Math.max(0, ...counted),
          usual: medianOf(counted),
          now: counts[index] ?? 0,
        };
        return { ...one, verdict: verdictOf(limits, one, pairs) };
      });
    });
  });
}

type Fall = Pick<ComparedPractice, 'usual' | 'now'>;

function verdictOf(limits: Limits, fall: Fall, pairs: number): Severity | null {
  const { usual, now } = fall;
  const isBeyond = now === 0 ? isLarge(fall) : areBeyondChanceAmong(usual, now, pairs);
  return isBeyond ? severityOfFall(limits, fall) : null;
}

function severityOfFall(limits: Limits, { usual, now }: Fall): Severity | null {
  return now < usual ? severityOf(1 - now / usual, limits) : null;
}

/** True of so many opt-outs that none of them left is no chance. */
function isLarge({ usual }: Fall): boolean {
  return areBeyondChance(usual, 0);
}

function findingsOf(limits: Limits, source: string, all: readonly ComparedPractice[]): Finding[] {
  const fallen = withoutEcho(all.filter(({ verdict }) => verdict !== null));
  const few = byKinds(all.filter((one) => one.usual > 0 && !isLarge(one))).map(([kind, some]) => ({
    kind,
    practice: `the ${count(some.length)} practices of ${source} with the fewest`,
    usual: some.reduce((sum, { usual }) => sum + usual, 0),
    now: some.reduce((sum, { now }) => sum + now, 0),
  }));
  return [
    ...byKinds(fallen.filter(({ now }) => now === 0)).map(([kind, falls]) => {
      const list = named(falls.map(({ practice, usual }) => `${practice} (${count(usual)} before)`));
      const what = `practices of ${source} that had ${describe(kind)} and have none now`;
      return finding(severityOf(1, limits)!, `${what}: ${list}`);
    }),
    ...byKinds(fallen.filter(({ now }) => now > 0)).map(([kind, falls]) => {
      const list = named(falls.map(({ practice, usual, now }) => `${practice} (${fromTo(usual, now)})`));
      const severity = falls.some(({ verdict }) => verdict === 'stop') ? 'stop' : 'warn';
      const what = `practices of ${source} with far fewer ${describe(kind)} than usually`;
      return finding(severity, `${what}: ${list}`);
    }),
    ...withoutEcho(few).flatMap((one) => {
      const severity = areBeyondChance(one.usual, one.now) ? severityOfFall(limits, one) : null;
      if (severity === null) return [];
      return [finding(severity, `${describe(one.kind)} of ${one.practice}: ${fromTo(one.usual, one.now)}`)];
    }),
  ];
}

function fromTo(usual: number, now: number): string {
  return `from ${count(usual)} to ${count(now)}`;
}

/** Where a practice delivers no codes, nothing of them is in force either: that is said once. */
function withoutEcho<T extends { readonly practice: string; readonly kind: string }>(
  falls: readonly T[],
): T[] {
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
  tonight: ReadonlyMap<string, unknown>,
): Finding[] {
  const before = last === undefined ? [] : [...unpackPractices(last).keys()];
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

function finding(severity: Severity, message: string): Finding {
  const wayOut =
    'ask the practice or its supplier before releasing anyone; if it is right, run once with --accept-change opt-outs, or set expect.optOuts.practices';
  return { check: CHECK, severity, message, wayOut };
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
