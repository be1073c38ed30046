import { solvePositiveDefinite } from './cholesky.ts';

/** Records of one kind: a level for each characteristic, and how many of them were linked. */
export interface LinkedCell {
  /** the level of each characteristic, in one order for all cells; null where the record has no value, which is a level of its own */
  readonly levels: readonly (string | null)[];
  /** a whole number above 0 */
  readonly records: number;
  /** a whole number from 0 to `records` */
  readonly linked: number;
}

/** Records of one kind, and how probable the model has it that they are linked. */
export interface FittedCell extends LinkedCell {
  /** that a record of it is linked: from 2^-53 to 1 - 2^-53 */
  readonly probability: number;
}

/** The fitted model: a probability for each cell. */
export interface FittedLinkage {
  /** each kind of records once, sorted by its levels: by code units, null last */
  readonly cells: readonly FittedCell[];
  readonly iterations: number;
  /** false where the limit of iterations was reached first */
  readonly hasConverged: boolean;
}

/** The precision of the prior of a level's effect: 1 / square of its standard deviation, in logits. */
const EFFECT_PRECISION = 1 / 2.5 ** 2;
/** No coefficient moves by more than this many logits in the last iteration. */
const TOLERANCE = 1e-10;
const MOST_ITERATIONS = 100;
/** A logarithm of likelihood that falls by less than this share of itself may only have been rounded. */
const ROUNDING = 1e-12;
/** In all cells together: far beyond them, the prior of the effects is lost in rounded sums. */
const MOST_RECORDS = 1e12;
/** No probability is closer to 0 or 1: a number has no digits for less from 1. */
const CLOSEST = 2 ** -53;

/** What is counted of one kind of records, and which coefficients add up to its logit. */
interface Row {
  /** the intercept, which is 0, and one level of each characteristic */
  readonly indexes: readonly number[];
  readonly linked: number;
  readonly unlinked: number;
}

/**
 * Fits the probability that a record is linked by logistic regression: its logit is an intercept and one effect for each level
 * of each characteristic. The coefficients are the mode under the priors, which keep them finite
 * where none or all of a level are linked, and let all levels be treated alike, none of them the reference.
 *
 * - Effects are independent and normal, with mean 0 and deviation 2.5: the scale of Gelman, Jakulin, Pittau and Su (Annals of
 *   Applied Statistics, 2008), whose Cauchy distribution would not promise a single maximum.
 * - Half a linked and half an unlinked record without characteristics count towards the intercept: Jeffreys' prior where there
 *   are no characteristics (Firth, Biometrika, 1993).
 *
 * The maximum is sought by Newton and Raphson's method. Cells are merged, sorted and summed in one order: the same records give
 * the same digits in whatever order and however divided they come.
 *
 * @throws RangeError where cells differ in how many levels they have, where a count is impossible, or where there are more
 *   than 10^12 records
 */
export function fitLinkedProbability(counted: readonly LinkedCell[]): FittedLinkage {
  check(counted);
  const cells = inOneOrder(counted);
  if (cells.length === 0) return { cells: [], iterations: 0, hasConverged: true };
  const { rows, size } = rowsOf(cells);
  let now = new Float64Array(size);
  const all = (count: 'linked' | 'unlinked') => rows.reduce((sum, row) => sum + row[count], 0);
  now[0] = Math.log(all('linked') / all('unlinked'));
  let iterations = 0;
  let hasConverged = false;
  while (!hasConverged && iterations < MOST_ITERATIONS) {
    iterations += 1;
    const step = newtonStep(rows, now);
    const least = logLikelihood(rows, now) * (1 + ROUNDING);
    let share = 1;
    let next = now.map((value, index) => value + step[index]!);
    while (logLikelihood(rows, next) < least) {
      share /= 2;
      next = now.map((value, index) => value + share * step[index]!);
    }
    now = next;
    // the whole step: one that is halved often is short far from the end too
    hasConverged = step.every((moved) => Math.abs(moved) <= TOLERANCE);
  }
  const probability = ({ indexes }: Row) =>
    Math.min(Math.max(logistic(logitOf(indexes, now)), CLOSEST), 1 - CLOSEST);
  const fitted = cells.map((cell, row) => ({ ...cell, probability: probability(rows[row]!) }));
  return { cells: fitted, iterations, hasConverged };
}

function check(cells: readonly LinkedCell[]): void {
  let all = 0;
  for (const { levels, records, linked } of cells) {
    if (levels.length !== cells[0]!.levels.length) throw new RangeError('cells differ in their levels');
    const areWhole = Number.isInteger(records) && Number.isInteger(linked);
    if (!areWhole || records <= 0 || linked < 0 || linked > records)
      throw new RangeError(`a cell cannot have ${linked} linked records of ${records}`);
    all += records;
  }
  if (all > MOST_RECORDS) throw new RangeError(`there cannot be more than ${MOST_RECORDS} records`);
}

/** Each kind of records once, by its levels. */
function inOneOrder(counted: readonly LinkedCell[]): LinkedCell[] {
  const byLevels = new Map<string, LinkedCell>();
  for (const { levels, records, linked } of counted) {
    const key = JSON.stringify(levels);
    const before = byLevels.get(key) ?? { records: 0, linked: 0 };
    byLevels.set(key, { levels, records: before.records + records, linked: before.linked + linked });
  }
  return [...byLevels.values()].sort((a, b) => compare(a.levels, b.levels));
}

/** By the first level that differs: by code units, null last. No two cells are alike. */
function compare(one: LinkedCell['levels'], other: LinkedCell['levels']): number {
  const characteristic = one.findIndex((level, index) => level !== other[index]);
  const [a, b] = [one[characteristic]!, other[characteristic]!];
  return b === null || (a !== null && a < b) ? -1 : 1;
}

/** A row for each cell, then the row of the prior records; and how many coefficients there are. */
function rowsOf(cells: readonly LinkedCell[]): { rows: Row[]; size: number } {
  const effects = cells[0]!.levels.map(() => new Map<string | null, number>());
  let size = 1;
  const rows = cells.map(({ levels, records, linked }): Row => {
    const indexes = levels.map((level, characteristic) => {
      const ofLevel = effects[characteristic]!;
      if (!ofLevel.has(level)) ofLevel.set(level, size++);
      return ofLevel.get(level)!;
    });
    return { indexes: [0, ...indexes], linked, unlinked: records - linked };
  });
  return { rows: [...rows, { indexes: [0], linked: 0.5, unlinked: 0.5 }], size };
}

/** Where the quadratic that touches the logarithm of likelihood has its top, as seen from the coefficients. */
function newtonStep(rows: readonly Row[], coefficients: Float64Array): Float64Array {
  const size = coefficients.length;
  const score = coefficients.map((value, index) => (index === 0 ? 0 : -value * EFFECT_PRECISION));
  // what rounding took from each sum: of millions of records it would move the coefficients by more than the tolerance
  const lost = new Float64Array(size);
  const information = new Float64Array(size * size);
  for (let index = 1; index < size; index += 1) information[index * size + index] = EFFECT_PRECISION;
  for (const { indexes, linked, unlinked } of rows) {
    const logit = logitOf(indexes, coefficients);
    const yes = logistic(logit);
    const no = logistic(-logit);
    const surplus = linked * no - unlinked * yes;
    const weight = (linked + unlinked) * yes * no;
    for (const row of indexes) {
      const before = score[row]!;
      const after = before + surplus;
      const added = after - before;
      score[row] = after;
      lost[row]! += before - (after - added) + (surplus - added);
      for (const column of indexes) information[row * size + column]! += weight;
    }
  }
  for (const [index, rest] of lost.entries()) score[index]! += rest;
  return solvePositiveDefinite(information, score);
}

/** Of the counts and the priors, without the parts that no coefficient changes. */
function logLikelihood(rows: readonly Row[], coefficients: Float64Array): number {
  let sum = 0;
  for (const effect of coefficients.subarray(1)) sum -= (effect * effect * EFFECT_PRECISION) / 2;
  for (const { indexes, linked, unlinked } of rows) {
    const logit = logitOf(indexes, coefficients);
    sum -= linked * softplus(-logit) + unlinked * softplus(logit);
  }
  return sum;
}

function logitOf(indexes: readonly number[], coefficients: Float64Array): number {
  return indexes.reduce((logit, index) => logit + coefficients[index]!, 0);
}

/** What is missing to 1 is the logistic of the other sign, which has digits where that of a large logit has none left. */
function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** log(1 + exp(logit)), which neither overflows nor loses what is small */
function softplus(logit: number): number {
  return Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)));
}
