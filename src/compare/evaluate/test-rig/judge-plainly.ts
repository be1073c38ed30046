type Token = readonly [number, number];

/** A record with its true and its linked person, as a test says it. */
export interface PlainRecord {
  /** the true person */
  readonly owner: Token;
  readonly source: number;
  /** null for a record that says too little to have one: its person is its own record */
  readonly subject: Token | null;
  readonly record: Token;
  readonly sex: number | null;
  /** its subject has a valid NHS number */
  readonly hasNhsNumber: boolean;
  readonly person: Token;
  readonly rank: number;
}

interface PlainCounts {
  readonly records: number;
  readonly linked: number;
  readonly false_matches: number;
  readonly linkable: number;
  readonly missed_matches: number;
}

type PlainGroup = PlainCounts & { readonly characteristic: string; readonly value: string | null };

/** The results of the steps, under the names of their columns. */
export interface PlainJudgement {
  readonly pairs: Readonly<
    Record<'both_pairs' | 'linked_pairs' | 'linked_persons' | 'true_pairs' | 'true_persons', number>
  >;
  readonly ranks: readonly (PlainCounts & { readonly match_rank: number })[];
  readonly nhsNumbers: readonly PlainGroup[];
  readonly sexes: readonly PlainGroup[];
}

/** The definitions of README.md word by word, by looking at every record and every pair: slow and obvious. */
export function judgePlainly(records: readonly PlainRecord[]): PlainJudgement {
  const pairs = records.flatMap((one, index) =>
    records.slice(index + 1).map((other) => [one, other] as const),
  );
  const isSame = (a: Token, b: Token) => a[0] === b[0] && a[1] === b[1];
  const count = (holds: (pair: readonly [PlainRecord, PlainRecord]) => boolean) => pairs.filter(holds).length;
  const truly = ([a, b]: readonly [PlainRecord, PlainRecord]) => isSame(a.owner, b.owner);
  const together = ([a, b]: readonly [PlainRecord, PlainRecord]) => isSame(a.person, b.person);

  const subjectOf = ({ source, subject, record }: PlainRecord) => `${source}/${subject ?? record}`;
  const judged = records.map((record) => {
    const own = records.filter(({ owner }) => isSame(owner, record.owner));
    const mates = records.filter(({ person }) => isSame(person, record.person));
    const hasSeveral = (some: readonly PlainRecord[], of: (one: PlainRecord) => string) =>
      new Set(some.map(of)).size > 1;
    return {
      ...record,
      isLinked: hasSeveral(mates, subjectOf) || hasSeveral(mates, ({ owner }) => owner.join()),
      isFalse: !isSame(mostOf(mates.map(({ owner }) => owner)), record.owner),
      isLinkable: hasSeveral(own, subjectOf),
      isMissed: !isSame(mostOf(own.map(({ person }) => person)), record.person),
    };
  });
  const counts = (some: typeof judged): PlainCounts => ({
    records: some.length,
    linked: some.filter(({ isLinked }) => isLinked).length,
    false_matches: some.filter(({ isFalse }) => isFalse).length,
    linkable: some.filter(({ isLinkable }) => isLinkable).length,
    missed_matches: some.filter(({ isMissed }) => isMissed).length,
  });
  const ranks = [...new Set(records.map(({ rank }) => rank))].sort((a, b) => a - b);
  const sexes = [1, 2, null].filter((sex) => records.some((one) => one.sex === sex));
  return {
    pairs: {
      both_pairs: count((pair) => truly(pair) && together(pair)),
      linked_pairs: count(together),
      linked_persons: new Set(records.map(({ person }) => person.join())).size,
      true_pairs: count(truly),
      true_persons: new Set(records.map(({ owner }) => owner.join())).size,
    },
    ranks: ranks.map((rank) => ({
      match_rank: rank,
      ...counts(judged.filter((one) => one.rank === rank)),
    })),
    nhsNumbers: [false, true]
      .filter((has) => records.some((one) => one.hasNhsNumber === has))
      .map((has) => ({
        characteristic: 'nhsNumber',
        value: has ? 'valid' : 'missing',
        ...counts(judged.filter((one) => one.hasNhsNumber === has)),
      })),
    sexes: sexes.map((sex) => ({
      characteristic: 'sex',
      value: sex === null ? null : String(sex),
      ...counts(judged.filter((one) => one.sex === sex)),
    })),
  };
}

/** The token that is there most often; of those, the smallest. */
function mostOf(tokens: readonly Token[]): Token {
  const times = (one: Token) => tokens.filter((other) => other.join() === one.join()).length;
  const [first] = [...tokens].sort((a, b) => times(b) - times(a) || a[0] - b[0] || a[1] - b[1]);
  return first!;
}
