/** How the levels of one field fall among matches and among other pairs: probabilities, each list adding up to 1. */
export interface FieldRates {
  /** of each level, in a pair that is a match (m of Fellegi and Sunter) */
  readonly m: readonly number[];
  /** of each level, in a pair that is none (u) */
  readonly u: readonly number[];
}

/** A field of the model: its priors, and which of them the pairs may change. */
export interface Field extends FieldRates {
  readonly isEstimated: { readonly m: boolean; readonly u: boolean };
}

/** Two kinds of pairs, matches and others, in which the fields agree or not independently of one another. */
export interface Model {
  /** share of matches among the pairs, above 0 and below 1 */
  readonly matches: number;
  readonly fields: readonly Field[];
  /** how many pairs each prior is worth, beside those that are counted: of matches, of each field's m and of its u */
  readonly priorPairs: { readonly matches: number; readonly m: number; readonly u: number };
}

/** Pairs that agree alike. */
export interface CountedPattern {
  /** the level of each field of the model, counted from 0, whole agreement first; null where the value of one of the two is missing */
  readonly levels: readonly (number | null)[];
  /** how many such pairs there are: a whole number */
  readonly pairs: number;
}

/** The model after the pairs have been seen. */
export interface Fitted {
  readonly matches: number;
  readonly fields: readonly FieldRates[];
  readonly pairs: number;
  readonly iterations: number;
  /** false where the limit of iterations was reached first */
  readonly hasConverged: boolean;
}

/** No parameter moves by more than this in the last iteration: far less than the six decimals that are released. */
const TOLERANCE = 1e-10;
/** Fewer than a hundred iterations are usual; kinds of pairs that are hard to distinguish take thousands. */
const MOST_ITERATIONS = 5_000;
/** Most matches agree, or it would be the other pairs that are called matches: the first level of a field, whole agreement, has at least this m. */
const LEAST_M_OF_AGREEING = 0.5;

/**
 * Fits the model by expectation-maximisation (Dempster, Laird and Rubin 1977; for record linkage Winkler 1988). What was
 * a prior counts as so many pairs more, level by level (the mode under Dirichlet priors): so no probability is ever 0
 * or 1, and patterns without evidence leave the prior unchanged.
 *
 * Only + - * / in one order, whatever the order of the patterns: the same counts give the same parameters to the last bit.
 */
export function fitModel(model: Model, counted: readonly CountedPattern[]): Fitted {
  const patterns = inOneOrder(counted);
  const pairs = patterns.reduce((sum, pattern) => sum + pattern.pairs, 0);
  let now: Pick<Fitted, 'matches' | 'fields'> = model;
  if (pairs === 0) return { ...ratesOf(now), pairs, iterations: 0, hasConverged: true };
  for (let iterations = 1; iterations <= MOST_ITERATIONS; iterations += 1) {
    const next = improve(model, now, patterns);
    const moved = farthest(now, next);
    now = next;
    if (moved <= TOLERANCE) return { ...now, pairs, iterations, hasConverged: true };
  }
  return { ...now, pairs, iterations: MOST_ITERATIONS, hasConverged: false };
}

/** Probability that a pair of these levels is a match; a missing level is no evidence. */
export function probabilityOf(
  levels: CountedPattern['levels'],
  { matches, fields }: Pick<Fitted, 'matches' | 'fields'>,
): number {
  let match = matches;
  let other = 1 - matches;
  for (const [index, { m, u }] of fields.entries()) {
    const level = levels[index] ?? null;
    if (level === null) continue;
    match *= m[level]!;
    other *= u[level]!;
  }
  return match / (match + other);
}

/** One iteration: each pattern's pairs are dealt out by their probability, and the parameters counted anew. */
function improve(
  model: Model,
  now: Pick<Fitted, 'matches' | 'fields'>,
  patterns: readonly CountedPattern[],
): Pick<Fitted, 'matches' | 'fields'> {
  const { priorPairs } = model;
  let matches = model.matches * priorPairs.matches;
  let others = (1 - model.matches) * priorPairs.matches;
  const sums = model.fields.map(({ m, u }) => ({
    m: m.map((share) => share * priorPairs.m),
    u: u.map((share) => share * priorPairs.u),
  }));
  for (const { levels, pairs } of patterns) {
    const match = probabilityOf(levels, now) * pairs;
    matches += match;
    others += pairs - match;
    for (const [index, sum] of sums.entries()) {
      const level = levels[index] ?? null;
      if (level === null) continue;
      sum.m[level]! += match;
      sum.u[level]! += pairs - match;
    }
  }
  return {
    matches: matches / (matches + others),
    fields: model.fields.map(({ m, u, isEstimated }, index) => ({
      m: isEstimated.m ? mostlyAgreeing(shares(sums[index]!.m)) : m,
      u: isEstimated.u ? shares(sums[index]!.u) : u,
    })),
  };
}

function ratesOf({ matches, fields }: Pick<Fitted, 'matches' | 'fields'>) {
  return { matches, fields: fields.map(({ m, u }) => ({ m, u })) };
}

function shares(sums: readonly number[]): number[] {
  const whole = sums.reduce((total, sum) => total + sum, 0);
  return sums.map((sum) => sum / whole);
}

/** The likeliest shares of which the first is not too small: the others keep their proportions. */
function mostlyAgreeing(m: readonly number[]): readonly number[] {
  const [agreeing = 0] = m;
  if (agreeing >= LEAST_M_OF_AGREEING) return m;
  const scale = (1 - LEAST_M_OF_AGREEING) / (1 - agreeing);
  return m.map((share, level) => (level === 0 ? LEAST_M_OF_AGREEING : share * scale));
}

/** The most by which a parameter differs. */
function farthest(
  one: Pick<Fitted, 'matches' | 'fields'>,
  other: Pick<Fitted, 'matches' | 'fields'>,
): number {
  const flat = ({ matches, fields }: typeof one) => [matches, ...fields.flatMap(({ m, u }) => [...m, ...u])];
  const others = flat(other);
  return flat(one).reduce((most, value, index) => {
    const moved = value - others[index]!;
    return Math.max(most, moved < 0 ? -moved : moved);
  }, 0);
}

/** Each pattern once, by its levels, with nothing last. */
function inOneOrder(counted: readonly CountedPattern[]): CountedPattern[] {
  const byLevels = new Map<string, CountedPattern>();
  for (const { levels, pairs } of counted) {
    const key = levels.map((level) => level ?? 'none').join(' ');
    byLevels.set(key, { levels, pairs: pairs + (byLevels.get(key)?.pairs ?? 0) });
  }
  return [...byLevels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pattern]) => pattern);
}
