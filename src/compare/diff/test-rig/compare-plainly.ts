import type { WhatDiffers } from '../what-differs.ts';

/** A row of a link map with small numbers in place of hashes. */
export interface PlainRow {
  readonly subject: number;
  readonly source: string;
  readonly record: number;
  readonly rank: number;
  readonly outcome: string;
  readonly person: number | null;
}

/** Findings counted by all values that distinguish them, joined by blanks. */
export interface PlainFindings {
  readonly persons: Readonly<Record<string, number>>;
  readonly subjects: Readonly<Record<string, number>>;
  readonly ranks: Readonly<Record<string, number>>;
  readonly listed: readonly string[];
}

/** A subject and what it is in either map. */
interface Pair {
  readonly source: string;
  readonly a: PlainRow | null;
  readonly b: PlainRow | null;
}

const ORDER = [
  'opt-out type-1-opt-out',
  'opt-out type-2-opt-out',
  'opt-out national-opt-out',
  'own-records',
  'rules',
  'other-records',
  'other-opt-outs',
  'run-date',
  'unexplained',
];

/** The definitions of the README, word by word: every subject and every person looked at, without any SQL. */
export function comparePlainly(
  a: readonly PlainRow[],
  b: readonly PlainRow[],
  differs: WhatDiffers,
): PlainFindings {
  const keyOf = ({ subject, source }: PlainRow) => `${source} ${subject}`;
  const pairs = [...new Set([...a, ...b].map(keyOf))].map((key): Pair => {
    const [inA, inB] = [a, b].map((map) => map.find((row) => keyOf(row) === key) ?? null) as [
      PlainRow | null,
      PlainRow | null,
    ];
    return { source: (inA ?? inB)!.source, a: inA, b: inB };
  });
  const first = (some: readonly Pair[]) =>
    firstCause(
      some.map((pair) => causeOf(pair, differs)),
      differs,
    );
  const findings: { line: string; counted: string; subjects: number }[] = [];
  const note = (
    finding: string,
    some: readonly Pair[],
    of: readonly (readonly [number | null, number | null, number])[],
  ) => {
    const cause = first(some);
    findings.push({
      counted: `${finding} ${cause}`,
      subjects: some.length,
      line: of.map(([p, q, n]) => `${finding} ${p} ${q} ${n} ${cause}`).join('\n'),
    });
  };
  const personsOf = (side: 'a' | 'b') => [...new Set(pairs.flatMap((pair) => pair[side]?.person ?? []))];
  const kept = pairs.filter((pair) => pair.a?.person != null && pair.b?.person != null);
  for (const q of personsOf('b')) {
    const own = pairs.filter((pair) => pair.b?.person === q);
    const from = [...new Set(own.flatMap((pair) => pair.a?.person ?? []))];
    if (from.length === 0) note('new', own, [[null, q, own.length]]);
    if (from.length > 1) {
      const ownKept = kept.filter((pair) => pair.b?.person === q);
      note(
        'merged',
        ownKept,
        from.map((p) => [p, q, ownKept.filter((pair) => pair.a?.person === p).length]),
      );
    }
  }
  for (const p of personsOf('a')) {
    const own = pairs.filter((pair) => pair.a?.person === p);
    const to = [...new Set(own.flatMap((pair) => pair.b?.person ?? []))];
    if (to.length === 0) note('gone', own, [[p, null, own.length]]);
    const ownKept = kept.filter((pair) => pair.a?.person === p);
    if (to.length > 1)
      note(
        'split',
        ownKept,
        to.map((q) => [p, q, ownKept.filter((pair) => pair.b?.person === q).length]),
      );
    const [q] = to;
    if (to.length !== 1 || q === p) continue;
    const others = kept.filter((pair) => pair.b?.person === q && pair.a?.person !== p);
    if (others.length === 0) note('moved', ownKept, [[p, q!, ownKept.length]]);
  }
  const subjects = pairs.flatMap((pair) =>
    whatHappened(pair).map((finding) => `${finding} ${pair.source} ${causeOf(pair, differs)}`),
  );
  const inBoth = pairs.flatMap((pair) =>
    pair.a === null || pair.b === null ? [] : [`${pair.a.rank} ${pair.b.rank}`],
  );
  return {
    persons: count(
      findings.flatMap(({ counted, subjects: n }) => [
        `${counted}: persons`,
        ...Array(n).fill(`${counted}: subjects`),
      ]),
    ),
    subjects: count(subjects),
    ranks: count(inBoth),
    listed: findings.flatMap(({ line }) => line.split('\n')).sort(),
  };
}

function whatHappened({ a, b }: Pair): string[] {
  if (a === null) return ['new'];
  if (b === null) return ['gone'];
  const wasReleased = a.outcome === 'released';
  const isReleased = b.outcome === 'released';
  return [
    ...(a.person !== null && b.person !== null && a.person !== b.person ? ['moved'] : []),
    ...(!wasReleased && isReleased ? ['admitted'] : []),
    ...(wasReleased && !isReleased ? ['withheld'] : []),
    ...(a.rank === b.rank ? [] : ['re-ranked']),
  ];
}

function causeOf({ source, a, b }: Pair, differs: WhatDiffers): string {
  const isOptOut = (row: PlainRow) => row.outcome.endsWith('opt-out');
  if (a !== null && b !== null && isOptOut(a) !== isOptOut(b))
    return `opt-out ${isOptOut(a) ? a.outcome : b.outcome}`;
  const isRewritten = a === null || b === null || a.record !== b.record;
  if (differs.sources.includes(source) && isRewritten) return `own-records ${source}`;
  if (differs.rules.length > 0) return 'rules';
  if (differs.sources.length > 0 && a !== null && b !== null) return 'other-records';
  if (differs.optOuts) return 'other-opt-outs';
  return differs.readOtherwise.length > 0 ? 'run-date' : 'unexplained';
}

/** The first of several causes; of two sources' own records, those of the source that comes first. */
function firstCause(causes: readonly string[], { allSources }: WhatDiffers): string {
  const place = (cause: string) => {
    const own = cause.startsWith('own-records ') ? allSources.indexOf(cause.slice('own-records '.length)) : 0;
    return (
      ORDER.findIndex((one) => cause === one || (cause.startsWith('own-records') && one === 'own-records')) *
        100 +
      own
    );
  };
  return causes.reduce((best, one) => (place(one) < place(best) ? one : best));
}

function count(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
