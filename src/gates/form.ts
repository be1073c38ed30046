/** The kind of identifier that was found. The text itself is never reported. */
export type Finding = 'NHS number' | 'postcode' | 'canary';

/** The part of findings that chance explains, for a form that also occurs in texts without any identifier. */
interface Chance {
  /** the share of texts of the shape that pass by chance */
  readonly expected: number;
  /** the smallest share that can stop the run: real codes are not as evenly distributed as random ones */
  readonly share: number;
  /** the number of distinct texts from which chance can be judged; with fewer, either the first that passes stops the run, or none does */
  readonly from: number;
  readonly below: 'stops' | 'passes';
  /** the run stops if the probability of at least so many by chance is smaller than this */
  readonly odds: number;
}

/** A form in which an identifier may occur in a text, and how strong a finding of it is. */
export interface Form {
  readonly finding: Finding;
  readonly example: string;
  /** null: the first finding stops the run */
  readonly chance: Chance | null;
}

/**
 * One in eleven of any ten-digit numbers has a correct check digit. Among fewer than a hundred, a single real number cannot be
 * distinguished from chance, so the first stops the run.
 */
const CHECK_DIGIT: Chance = { expected: 1 / 11, share: 0.12, from: 100, below: 'stops', odds: 1e-3 };
/** For forms that occur in most columns of long codes: the run stops only at a count that chance gives in less than one of a million columns. */
const CHECK_DIGIT_WEAK: Chance = { ...CHECK_DIGIT, from: 6, below: 'passes', odds: 1e-6 };

/**
 * The forms that are searched for. Their strength is measured: `bench/leak-scan.ts`, and the table in this folder's README.md.
 */
export const FORMS = {
  'number-alone': { finding: 'NHS number', example: 'ward 9990548609', chance: null },
  // one in eleven of any ten digits: a column of moments has hundreds, and a column of Scottish numbers has all
  'number-as-seconds': { finding: 'NHS number', example: '1767225600', chance: CHECK_DIGIT },
  'number-3-3-4': { finding: 'NHS number', example: 'NHS999.054.8609', chance: null },
  'number-grouped': { finding: 'NHS number', example: '999 0548609', chance: CHECK_DIGIT },
  'number-in-word': { finding: 'NHS number', example: 'NHS9990548609x', chance: CHECK_DIGIT },
  // of numbers of one length, one in a hundred begins with two zeros by chance, and one in eleven of those passes
  'number-padded': {
    finding: 'NHS number',
    example: '009990548609',
    chance: { expected: 0.01, share: 0.03, from: 20, below: 'stops', odds: 1e-3 },
  },
  'number-in-number': { finding: 'NHS number', example: '1999054860901', chance: CHECK_DIGIT_WEAK },
  'number-zero-lost': { finding: 'NHS number', example: '123456789', chance: CHECK_DIGIT_WEAK },
  'number-as-code': { finding: 'NHS number', example: '4000000306', chance: CHECK_DIGIT_WEAK },
  'number-in-hash': { finding: 'NHS number', example: 'ab9990548609cdef', chance: CHECK_DIGIT_WEAK },
  'postcode-alone': { finding: 'postcode', example: 'SW1A/2AA', chance: null },
  // of random letters, 20 of 26 are valid in each of the last two positions: 59 % of texts of the shape pass
  'postcode-in-word': {
    finding: 'postcode',
    example: 'homeSW1A2AA',
    chance: { expected: 0.59, share: 0.75, from: 20, below: 'stops', odds: 1e-3 },
  },
  // of Read codes, one in 200 could be a postcode; of postcodes in a code column, all of them
  'postcode-as-code': {
    finding: 'postcode',
    example: 'M11AE',
    chance: { expected: 0.02, share: 0.2, from: 6, below: 'passes', odds: 1e-6 },
  },
  'number-encoded': { finding: 'NHS number', example: 'OTk5MDU0ODYwOQ==', chance: null },
  // among words that decode to a text
  'postcode-encoded': {
    finding: 'postcode',
    example: 'U1cxQSAyQUE=',
    chance: { expected: 0.02, share: 0.2, from: 20, below: 'stops', odds: 1e-3 },
  },
  canary: { finding: 'canary', example: 'the QuillFeather ward', chance: null },
} as const satisfies Readonly<Record<string, Form>>;

export type FormName = keyof typeof FORMS;

/**
 * Whether this number of findings among this number of texts stops the run.
 *
 * @param hits distinct texts that pass as an identifier
 * @param seen distinct texts of the shape, including `hits`
 */
export function stopsRun(form: FormName, hits: number, seen: number): boolean {
  const { chance }: Form = FORMS[form];
  if (hits === 0) return false;
  if (chance === null) return true;
  if (seen < chance.from) return chance.below === 'stops';
  return hits / seen > chance.share && oddsOf(hits, seen, chance.expected) < chance.odds;
}

/** Chernoff's bound on the probability of at least so many hits, where each has the same small probability. */
function oddsOf(hits: number, seen: number, expected: number): number {
  const share = hits / seen;
  const term = (part: number, of: number) => (part === 0 ? 0 : part * Math.log(part / of));
  return Math.exp(-seen * (term(share, expected) + term(1 - share, 1 - expected)));
}
