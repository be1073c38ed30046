import { fitLinkedProbability, type LinkedCell } from './linked-probability.ts';

/** Four decimals: more than a model of this kind can hold. */
const DECIMALS = 10_000;

/**
 * The linkage weight of each cell of one source: 1 / P, where P is the probability that a record of it is linked
 * (linked-probability.ts), so that the linked records, weighted, represent all.
 *
 * @param cells each with other levels
 * @returns in the order of the cells
 */
export function inverseProbabilityWeights(cells: readonly LinkedCell[]): number[] {
  const key = ({ levels }: Pick<LinkedCell, 'levels'>) => JSON.stringify(levels);
  const fitted = new Map(
    fitLinkedProbability(cells).cells.map((cell) => [
      key(cell),
      Math.round(DECIMALS / cell.probability) / DECIMALS,
    ]),
  );
  return cells.map((cell) => fitted.get(key(cell))!);
}
