/** The match fields: the fields on which a rank can require two records to agree. */
export const MATCH_FIELDS = [
  'nhs-number',
  'sex',
  'date-of-birth',
  'partial-date-of-birth',
  'postcode',
  'local-patient-id',
] as const;
export type MatchField = (typeof MATCH_FIELDS)[number];

/** The exceptions: a rank without the NHS number does not apply to a record of which one is true. */
export const EXCEPTIONS = ['first-of-january', 'ignored-postcode'] as const;
export type Exception = (typeof EXCEPTIONS)[number];

/** One named rule by which a record joins a person. */
export interface MatchRank {
  /** the number that is released as `match_rank`, from 1; 0 means that no rank applied */
  readonly rank: number;
  /** all of these must agree */
  readonly agree: readonly MatchField[];
  /** none of these may be true of the record; for ranks without the NHS number */
  readonly unless: readonly Exception[];
}

/** Ranks in the order in which they are tried: a record matched by one rank is not tried on the next. */
export type Ladder = readonly MatchRank[];

/** Ranks of a ladder: each takes one bit for each of three care settings in a 64-bit integer, and so does "no rank": (19 + 1) * 3 = 60. */
export const MOST_RANKS = 19;
/** A number whose subjects hold more distinct pairs of sex and birth date than this belongs to a crowd (src/linker/link/README.md). */
export const CROWD_LIMIT = 20;
/**
 * A number with more subjects than this belongs to a crowd too, however alike they are: nobody has a thousand addresses, and
 * comparing each subject with each other takes the square of their number.
 */
export const CROWD_SUBJECTS = 1_000;

const NHS = 'nhs-number';
const DEMOGRAPHICS = ['sex', 'date-of-birth', 'postcode'] as const;
const UNSURE = ['first-of-january', 'ignored-postcode'] as const;

/**
 * The ladders that have a name (domain reference, section 5). `eight-step` is the ladder of the HES and deaths
 * linkage of 2015, which CPRD uses as well; `hesid` the three passes of the HES identifier; `two-step` is the NHS number,
 * then rank 6 without an ignore list, and keeps the ladder's numbers.
 */
export const LADDERS = {
  'two-step': [
    { rank: 8, agree: [NHS], unless: [] },
    { rank: 6, agree: DEMOGRAPHICS, unless: ['first-of-january'] },
  ],
  'eight-step': [
    { rank: 1, agree: [NHS, ...DEMOGRAPHICS], unless: [] },
    { rank: 2, agree: [NHS, 'sex', 'date-of-birth'], unless: [] },
    { rank: 3, agree: [NHS, 'sex', 'partial-date-of-birth', 'postcode'], unless: [] },
    { rank: 4, agree: [NHS, 'sex', 'partial-date-of-birth'], unless: [] },
    { rank: 5, agree: [NHS, 'postcode'], unless: [] },
    { rank: 6, agree: DEMOGRAPHICS, unless: UNSURE },
    { rank: 7, agree: DEMOGRAPHICS, unless: ['first-of-january'] },
    { rank: 8, agree: [NHS], unless: [] },
  ],
  hesid: [
    { rank: 1, agree: [NHS, 'sex', 'partial-date-of-birth'], unless: [] },
    { rank: 2, agree: [...DEMOGRAPHICS, 'local-patient-id'], unless: [] },
    { rank: 3, agree: DEMOGRAPHICS, unless: UNSURE },
  ],
} as const satisfies Record<string, Ladder>;

export type LadderName = keyof typeof LADDERS;

/** True of a rank that requires the NHS number. */
export function requiresNhsNumber({ agree }: MatchRank): boolean {
  return agree.includes(NHS);
}

/** True of a ladder that compares other fields of records with one NHS number; `two-step` does not. */
export function comparesUnderNhsNumber(ladder: Ladder): boolean {
  return ladder.some((rank) => requiresNhsNumber(rank) && rank.agree.length > 1);
}

/** True of a ladder that trusts every NHS number: it has a rank of the number alone, and compares no other field with it. */
export function trustsNhsNumbers(ladder: Ladder): boolean {
  return ladder.some(requiresNhsNumber) && !comparesUnderNhsNumber(ladder);
}

/** True of a ladder with a rank that requires agreement on one of the fields. */
export function requiresField(ladder: Ladder, field: MatchField): boolean {
  return ladder.some(({ agree }) => agree.includes(field));
}

const WORDS: Readonly<Record<MatchField | Exception, string>> = {
  'nhs-number': 'NHS number',
  sex: 'sex',
  'date-of-birth': 'date of birth',
  'partial-date-of-birth': 'part of the date of birth',
  postcode: 'postcode',
  'local-patient-id': 'provider and local patient id',
  'first-of-january': 'born on 1 January',
  'ignored-postcode': 'at a postcode that too many people share',
};

/** The conditions of a rank, in plain words. */
export function describeRank({ agree, unless }: MatchRank): string {
  const agreed = agree.map((one) => WORDS[one]).join(', ');
  return `${agreed}${unless.length === 0 ? '' : `, unless ${unless.map((one) => WORDS[one]).join(' or ')}`}`;
}

/** A ladder in plain words, for a data dictionary: what each number of `match_rank` means. */
export function describeLadder(ladder: Ladder): string {
  const ranks = ladder.map((rank) => `${rank.rank} ${describeRank(rank)}`);
  return `${ranks.join('; ')}; 0 none of these: a person of its own`;
}

/** What is wrong with a rank, for the author of the pipeline file; null where nothing is. */
export function rankProblem(rank: MatchRank): string | null {
  const { agree, unless } = rank;
  if (new Set(agree).size !== agree.length) return 'names the same field twice';
  if (agree.includes('date-of-birth') && agree.includes('partial-date-of-birth'))
    return 'requires the date of birth both whole and in part';
  if (requiresNhsNumber(rank)) {
    if (agree.includes('local-patient-id')) return 'requires both NHS number and local patient id';
    return unless.length > 0 ? 'has exceptions, which are for ranks without the NHS number' : null;
  }
  return DEMOGRAPHICS.every((one) => agree.includes(one))
    ? null
    : 'has neither the NHS number nor all of sex, date-of-birth and postcode: these are never hashed alone';
}
