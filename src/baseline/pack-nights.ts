import { EMPTY_TALLY, type OptOutTally, type PracticeCounts } from '../domain/opt-out-tally.ts';
import type { Baseline } from './baseline.ts';
import type { Night } from './night.ts';
import { peaksOf } from './opt-out-peaks.ts';

/**
 * Counts by practice in the file. There are thousands of practices, and few of their counts change in one night: so a night holds the
 * practices that differ from the night before it, `A81001 -` for one that was not delivered.
 */
export interface PackedPractices extends Pick<PracticeCounts, 'kinds'> {
  readonly since: 'nothing' | 'the night before';
  readonly counts: string;
}

/** A night in the file; earlier versions have no tally. */
export interface PackedNight extends Omit<Night, 'optOutTally'> {
  readonly optOutTally?:
    | (Omit<OptOutTally, 'practices'> & { readonly practices: Readonly<Record<string, PackedPractices>> })
    | undefined;
}

/** A baseline in the file. */
export interface PackedBaseline extends Omit<Baseline, 'nights' | 'peaks'> {
  readonly nights: readonly PackedNight[];
  /** absent in files of version 1 */
  readonly peaks?: Baseline['peaks'] | undefined;
}

/** The form of a baseline in its file. */
export function packBaseline(baseline: Baseline): PackedBaseline {
  const { nights } = baseline;
  return {
    ...baseline,
    nights: nights.map((night, index) => {
      const before = nights[index - 1]?.optOutTally ?? EMPTY_TALLY;
      const { practices, ...tally } = night.optOutTally;
      return {
        ...night,
        optOutTally: {
          ...tally,
          practices: mapValues(practices, (counts, source) => pack(before.practices[source], counts)),
        },
      };
    }),
  };
}

/** The baseline of a file. */
export function unpackBaseline({ nights: packed, peaks, ...rest }: PackedBaseline): Baseline {
  const nights: Night[] = [];
  for (const night of packed) {
    const { practices, ...tally } = night.optOutTally ?? EMPTY_TALLY;
    const before = nights.at(-1)?.optOutTally.practices ?? {};
    nights.push({
      ...night,
      optOutTally: {
        ...tally,
        practices: mapValues(practices as Readonly<Record<string, PackedPractices>>, (counts, source) =>
          unpack(before[source], counts),
        ),
      },
    });
  }
  return { ...rest, nights, peaks: peaks ?? peaksOf(nights) };
}

function pack(before: PracticeCounts | undefined, { kinds, counts }: PracticeCounts): PackedPractices {
  if (before === undefined || before.kinds.join() !== kinds.join())
    return { since: 'nothing', kinds, counts };
  const was = linesOf(before.counts);
  const is = linesOf(counts);
  const changed = [
    ...[...is].filter(([name, rest]) => was.get(name) !== rest),
    ...[...was.keys()].filter((name) => !is.has(name)).map((name) => [name, GONE] as const),
  ];
  return { since: 'the night before', kinds, counts: textOf(changed) };
}

function unpack(
  before: PracticeCounts | undefined,
  { since, kinds, counts }: PackedPractices,
): PracticeCounts {
  if (since === 'nothing') return { kinds, counts };
  const all = new Map([...linesOf(before?.counts ?? ''), ...linesOf(counts)]);
  return { kinds, counts: textOf([...all].filter(([, rest]) => rest !== GONE)) };
}

const GONE = '-';

/** By practice, what follows its name. */
function linesOf(counts: string): Map<string, string> {
  if (counts === '') return new Map();
  return new Map(
    counts.split(';').map((line) => {
      const space = line.indexOf(' ');
      return space === -1 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
    }),
  );
}

function textOf(lines: readonly (readonly [string, string])[]): string {
  return lines
    .map(([name, rest]) => (rest === '' ? name : `${name} ${rest}`))
    .sort()
    .join(';');
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
