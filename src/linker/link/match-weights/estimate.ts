import { type CountedPattern, type Field, type Fitted, fitModel, probabilityOf } from './mixture.ts';

/** The levels of each field of a pair of one NHS number; the levels of a field in the order of its rates. */
export const LEVELS = {
  sex: ['agree', 'disagree'],
  'date-of-birth': ['whole', 'partial', 'disagree'],
  postcode: ['agree', 'disagree'],
} as const;
const FIELDS = Object.keys(LEVELS) as (keyof typeof LEVELS)[];

/** How two subjects of one NHS number agree. `missing`: one of them has no valid one. */
export type NumberPattern = {
  readonly [Name in keyof typeof LEVELS]: (typeof LEVELS)[Name][number] | 'missing';
};

/** The candidate pairs of a run (README.md says which they are). */
export interface PairCounts {
  /** pairs of one NHS number; the order means nothing */
  readonly byNumber: readonly { readonly pattern: NumberPattern; readonly pairs: number }[];
  /** pairs of one sex|birth date|postcode, by whether their NHS numbers agree */
  readonly byTuple: { readonly agree: number; readonly disagree: number; readonly missing: number };
}

/** Probabilities of the levels of one field, by level. */
interface Rates {
  readonly m: Readonly<Record<string, number>>;
  readonly u: Readonly<Record<string, number>>;
}

/** The estimate for one block of candidate pairs. */
interface Block {
  readonly pairs: number;
  /** share of matches among them */
  readonly matches: number;
  readonly iterations: number;
  readonly hasConverged: boolean;
}

/** The parameters, as the operator's record has them. */
export interface MatchWeightParameters {
  readonly fields: Readonly<Record<'nhs-number' | keyof typeof LEVELS, Rates>>;
  readonly sameNumber: Block;
  readonly sameDemographics: Block;
}

export interface MatchWeights {
  readonly parameters: MatchWeightParameters;
  /** probability, as it is released, that a pair of one NHS number is a match */
  ofNumber(pattern: NumberPattern): number;
  /** likewise of a pair that agrees on sex, birth date and postcode, where one has no NHS number */
  readonly ofTuple: number;
}

/*
 * The priors, before a run's own pairs are counted. Each is worth a hundred pairs, so that it decides where there is
 * next to no data and is lost in any real run; that of u only ten, for there are few pairs of two people in any. The figures are of published linkages: HESID was wrong in 0.2 % of its links; of
 * the 28.3 million matches by NHS number of 2015, 3 % did not agree on sex and birth date, and of those that did 92 % agreed on
 * the postcode; 93,000 hospital records of one year, half a per cent, had another patient's sex, birth date and postcode.
 */
const PRIOR_PAIRS = { matches: 100, m: 100, u: 10 };
const MATCHES_OF_NUMBER = 0.998;
const MATCHES_OF_TUPLE = 0.995;

/*
 * Of pairs that are no match, sex and birth date are not estimated: chance is known from the calendar. Two people have one sex in
 * half the cases; their birth dates agree once in 25,000 days and in part about once in 200, and a hundredth each allows for
 * twins, for siblings born in one month, and for people who were taken for one another because their birth dates are alike.
 * Estimated freely, `u` turns to the largest group that differs from the rest, which is not the few pairs of two
 * people but the many of one person whose records are carelessly kept (README.md).
 */
const NUMBER_FIELDS: Readonly<Record<keyof typeof LEVELS, Field>> = {
  sex: { m: [0.99, 0.01], u: [0.5, 0.5], isEstimated: { m: true, u: false } },
  'date-of-birth': { m: [0.97, 0.01, 0.02], u: [0.01, 0.01, 0.98], isEstimated: { m: true, u: false } },
  // a number is taken over from somebody at home, or from anywhere: its effect on postcodes is known only from the run
  postcode: { m: [0.92, 0.08], u: [0.5, 0.5], isEstimated: { m: true, u: true } },
};

/**
 * Estimates match weights from a run's candidate pairs, and from them how probable each kind of pair is a match.
 *
 * Both blocks of pairs are fitted separately, and the field that makes a block is no evidence in it. How often a
 * number is wrong is learnt from the first kind: a record under a number that is not its own makes one pair of two people there,
 * and one pair of one person with two numbers in the second.
 */
export function estimateMatchWeights({ byNumber, byTuple }: PairCounts): MatchWeights {
  const number = fitModel(
    {
      matches: MATCHES_OF_NUMBER,
      fields: FIELDS.map((name) => NUMBER_FIELDS[name]),
      priorPairs: PRIOR_PAIRS,
    },
    byNumber.map(({ pattern, pairs }): CountedPattern => ({ levels: levelsOf(pattern), pairs })),
  );
  // a number that is wrong more often than right is no evidence: two different numbers must never be evidence for one person
  const wrong = Math.min(1 - number.matches, 0.5);
  const nhsNumber = { m: [1 - wrong, wrong], u: [wrong, 1 - wrong], isEstimated: { m: false, u: false } };
  const tuple = fitModel({ matches: MATCHES_OF_TUPLE, fields: [nhsNumber], priorPairs: PRIOR_PAIRS }, [
    { levels: [0], pairs: byTuple.agree },
    { levels: [1], pairs: byTuple.disagree },
  ]);
  const rates = FIELDS.map((name, index) => [name, named(LEVELS[name], number.fields[index]!)] as const);
  return {
    parameters: {
      fields: {
        'nhs-number': named(['agree', 'disagree'], nhsNumber),
        ...(Object.fromEntries(rates) as Record<keyof typeof LEVELS, Rates>),
      },
      sameNumber: blockOf(number, 0),
      sameDemographics: blockOf(tuple, byTuple.missing),
    },
    ofNumber: (pattern) => asReleased(probabilityOf(levelsOf(pattern), number)),
    ofTuple: asReleased(probabilityOf([null], tuple)),
  };
}

function levelsOf(pattern: NumberPattern): CountedPattern['levels'] {
  return FIELDS.map((name) => {
    const level = (LEVELS[name] as readonly string[]).indexOf(pattern[name]);
    return level === -1 ? null : level;
  });
}

function named(levels: readonly string[], { m, u }: Pick<Field, 'm' | 'u'>): Rates {
  const byLevel = (values: readonly number[]) =>
    Object.fromEntries(levels.map((level, index) => [level, values[index]!]));
  return { m: byLevel(m), u: byLevel(u) };
}

function blockOf({ pairs, matches, iterations, hasConverged }: Fitted, missing: number): Block {
  return { pairs: pairs + missing, matches, iterations, hasConverged };
}

/** Six decimals: more would claim more precision than such a model has. No probability is 0 or 1. */
const DECIMALS = 1_000_000;

function asReleased(probability: number): number {
  return Math.min(Math.max(Math.round(probability * DECIMALS), 1), DECIMALS - 1) / DECIMALS;
}
