/**
 * Opt-outs in counts: by where they were recorded, and by practice. A tally has no token and no identifier; small counts are in it,
 * so that it stays with the operator.
 */

/** Counts by practice, each practice with one count for each kind. */
export interface PracticeCounts {
  /** what is counted, such as `code/type-1` (events) or `in-force/type-1` (persons), sorted */
  readonly kinds: readonly string[];
  /** `A81001 12 3` for each practice of the delivery, sorted, with `;` between them: short, because there are thousands */
  readonly counts: string;
}

/** The opt-outs of one night. */
export interface OptOutTally {
  /**
   * events by `origin/name/type`: the origin is `code` or `flag` (of a record), `list` or `register`; the name is that of the source or of the
   * list
   */
  readonly events: Readonly<Record<string, number>>;
  /** persons whose opt-out is in force on the run date and who have an event of this origin, by the same keys */
  readonly inForce: Readonly<Record<string, number>>;
  /** by source; of sources whose patients table names practices */
  readonly practices: Readonly<Record<string, PracticeCounts>>;
  /** the kept register, which only grows; null where the pipeline file names none */
  readonly register: KeptRegister | null;
}

/** How far the kept register has grown. */
export interface KeptRegister {
  readonly changes: number;
  readonly events: number;
  /** of its last change: it depends on all changes before it */
  readonly digest: string;
}

export const EMPTY_TALLY: OptOutTally = { events: {}, inForce: {}, practices: {}, register: null };

/** Counts by practice, from and to their short form. */
export type CountsByPractice = ReadonlyMap<string, readonly number[]>;

/** The short form of counts by practice. */
export function packPractices(kinds: readonly string[], counts: CountsByPractice): PracticeCounts {
  const lines = [...counts].map(([name, each]) => [name, ...each].join(' ')).sort();
  return { kinds, counts: lines.join(';') };
}

/** The counts behind the short form. */
export function unpackPractices({ counts }: Pick<PracticeCounts, 'counts'>): CountsByPractice {
  if (counts === '') return new Map();
  return new Map(
    counts.split(';').map((line) => {
      const [name, ...each] = line.split(' ');
      return [name!, each.map(Number)];
    }),
  );
}

/**
 * The tallies of several stores of one night as one: lists and the register are read by every provider, and are not added up; each
 * source is read by one.
 */
export function joinTallies(tallies: readonly OptOutTally[]): OptOutTally {
  return tallies.reduce(
    (all, one) => ({
      events: { ...all.events, ...one.events },
      inForce: { ...all.inForce, ...one.inForce },
      practices: { ...all.practices, ...one.practices },
      register: all.register ?? one.register,
    }),
    EMPTY_TALLY,
  );
}

/** Of two tallies of one date, the higher of each count, so that a repeated run never lowers what later nights are compared with. */
export function highestTally(a: OptOutTally, b: OptOutTally): OptOutTally {
  return {
    events: highestCounts(a.events, b.events),
    inForce: highestCounts(a.inForce, b.inForce),
    practices: Object.fromEntries(
      [...new Set([...Object.keys(a.practices), ...Object.keys(b.practices)])]
        .sort()
        .map((source) => [source, highestPractices(a.practices[source], b.practices[source])]),
    ),
    register:
      a.register !== null && (b.register === null || a.register.changes > b.register.changes)
        ? a.register
        : b.register,
  };
}

type Counts = Readonly<Record<string, number>>;

function highestCounts(a: Counts, b: Counts): Record<string, number> {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(keys.map((key) => [key, Math.max(a[key] ?? 0, b[key] ?? 0)]));
}

/** A practice or a kind that only one of them has keeps its counts. */
function highestPractices(a: PracticeCounts | undefined, b: PracticeCounts | undefined): PracticeCounts {
  if (a === undefined || b === undefined) return (a ?? b)!;
  const kinds = [...new Set([...a.kinds, ...b.kinds])].sort();
  const [inA, inB] = [byKind(a), byKind(b)];
  const names = new Set([...inA.keys(), ...inB.keys()]);
  return packPractices(
    kinds,
    new Map(
      [...names].map((name) => [
        name,
        kinds.map((kind) => Math.max(inA.get(name)?.get(kind) ?? 0, inB.get(name)?.get(kind) ?? 0)),
      ]),
    ),
  );
}

/** By practice and kind. */
export function byKind(practices: PracticeCounts): ReadonlyMap<string, ReadonlyMap<string, number>> {
  return new Map(
    [...unpackPractices(practices)].map(([name, counts]) => [
      name,
      new Map(practices.kinds.map((kind, index) => [kind, counts[index] ?? 0])),
    ]),
  );
}
