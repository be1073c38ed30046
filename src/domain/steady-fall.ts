/** The chance below which a fall is steady, and no accident of the nights. */
const CHANCE = 1e-4;

/**
 * Whether a count falls steadily: the falls of its nights add up to more than chance explains.
 *
 * Where nothing is wrong, a count rises as often as it falls, and by as much. Then the sum of its changes divided by the root of the
 * sum of their squares exceeds x with a chance of at most exp(-x²/2), whatever the changes are like (Hoeffding's inequality for
 * signs, given their sizes; Efron, "Student's t-test under symmetry conditions", 1969). A test of ranks, such as Mann-Kendall's, would not do: it takes
 * nights for independent of each other, and tonight's list is last night's with a few changes.
 *
 * One fall, however large, never is steady; that is for the comparison with the best night. At least 19 nights with a change are
 * needed.
 *
 * @param counts of the nights, oldest first
 */
export function isSteadyFall(counts: readonly number[]): boolean {
  return chanceOfFall(counts) < CHANCE;
}

/** The greatest chance of such a fall where nothing is wrong; 1 for no fall. */
export function chanceOfFall(counts: readonly number[]): number {
  const changes = counts.slice(1).map((count, index) => count - counts[index]!);
  const squares = changes.reduce((sum, change) => sum + change * change, 0);
  const fall = (counts[0] ?? 0) - (counts.at(-1) ?? 0);
  return fall <= 0 || squares === 0 ? 1 : Math.exp(-(fall * fall) / (2 * squares));
}
