/** What a text was taken for. Which text it was is never said. */
export type Finding = 'NHS number' | 'postcode' | 'canary';

/** What chance explains, for a form that texts without any identifier have now and then. */
interface Chance {
  /** a column is judged by its share only when it has this many different texts of the shape; below, the first finding stops the run, or none does */
  readonly from: number;
  /** a larger share of them than chance and its error explain stops the run */
  readonly share: number;
  /** the share that chance gives */
  readonly expected: number;
  /** below `from`, one finding is enough */
  readonly firstStops: boolean;
}

/** One form in which an identifier may stand in a text, and how much a finding of it says. */
export interface Form {
  readonly finding: Finding;
  readonly example: string;
  /** null: the first finding stops the run */
  readonly chance: Chance | null;
}

/**
 * One in eleven of any ten digits has a right check digit. 12 % of 1,000 is three standard errors (0.9 %) above 9.1 %;
 * below 1,000 a finding among other numbers is as likely as not a real one, so it stops the run.
 */
const CHECK_DIGIT: Chance = { from: 1_000, share: 0.12, expected: 1 / 11, firstStops: true };
/** Where most columns of codes have a finding somewhere: six are the fewest that chance does not give in a million columns. */
const CHECK_DIGIT_WEAK: Chance = { ...CHECK_DIGIT, from: 6, firstStops: false };

/**
 * The forms that are looked for. Their strength is measured: `bench/leak-scan.ts`, and the table in this folder's README.md.
 */
export const FORMS = {
  'number-alone': { finding: 'NHS number', example: 'ward 9990548609', chance: null },
  'number-3-3-4': { finding: 'NHS number', example: 'NHS999.054.8609', chance: null },
  'number-grouped': { finding: 'NHS number', example: '999 0548609', chance: CHECK_DIGIT },
  'number-in-word': { finding: 'NHS number', example: 'NHS9990548609x', chance: CHECK_DIGIT },
  'number-padded': { finding: 'NHS number', example: '009990548609', chance: CHECK_DIGIT },
  'number-in-number': { finding: 'NHS number', example: '1999054860901', chance: CHECK_DIGIT_WEAK },
  'number-zero-lost': { finding: 'NHS number', example: '123456789', chance: CHECK_DIGIT_WEAK },
  'number-as-code': { finding: 'NHS number', example: '4000000306', chance: CHECK_DIGIT_WEAK },
  'number-in-hash': { finding: 'NHS number', example: 'ab9990548609cdef', chance: CHECK_DIGIT_WEAK },
  'postcode-alone': { finding: 'postcode', example: 'SW1A/2AA', chance: null },
  // of letters at random, 20 of 26 may stand in each of the last two places: 59 % of what has the shape is one
  'postcode-in-word': {
    finding: 'postcode',
    example: 'homeSW1A2AA',
    chance: { from: 50, share: 0.75, expected: 0.59, firstStops: true },
  },
  // of Read codes, one in 1,000 is a postcode; of postcodes in such a column, every one
  'postcode-as-code': {
    finding: 'postcode',
    example: 'M11AE',
    chance: { from: 6, share: 0.2, expected: 0.02, firstStops: false },
  },
  'number-encoded': { finding: 'NHS number', example: 'OTk5MDU0ODYwOQ==', chance: null },
  'postcode-encoded': { finding: 'postcode', example: 'U1cxQSAyQUE=', chance: null },
  canary: { finding: 'canary', example: 'the QuillFeather ward', chance: null },
} as const satisfies Readonly<Record<string, Form>>;

export type FormName = keyof typeof FORMS;

/** Odds at which chance is no explanation: a million columns looked at. */
const ODDS = 1e-6;

/**
 * Whether so many findings among so many texts of the shape stop the run.
 *
 * @param hits different texts that pass as an identifier
 * @param seen different texts of the shape, `hits` among them
 */
export function stopsRun(form: FormName, hits: number, seen: number): boolean {
  const { chance }: Form = FORMS[form];
  if (hits === 0) return false;
  if (chance === null) return true;
  if (chance.firstStops && seen < chance.from) return true;
  if (hits / seen <= chance.share) return false;
  return chance.firstStops || (hits >= chance.from && oddsOf(hits, seen, chance.expected) < ODDS);
}

/** Chernoff's bound on the odds of so many hits or more, where each has the same small probability. */
function oddsOf(hits: number, seen: number, expected: number): number {
  const share = hits / seen;
  const term = (part: number, of: number) => (part === 0 ? 0 : part * Math.log(part / of));
  return Math.exp(-seen * (term(share, expected) + term(1 - share, 1 - expected)));
}
