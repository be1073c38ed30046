import type { Outcome } from './standardised.ts';

/** The outcomes of an identifier column's cells, in the four groups by which nights are compared. */
export const OUTCOME_GROUPS = ['valid', 'missing', 'placeholder', 'invalid'] as const;
export type OutcomeGroup = (typeof OUTCOME_GROUPS)[number];
export type GroupCounts = Readonly<Record<OutcomeGroup, number>>;

/** The group of every outcome: a new outcome does not compile without one. */
const GROUP_OF: Readonly<Record<Outcome, OutcomeGroup>> = {
  valid: 'valid',
  repaired: 'valid',
  absent: 'missing',
  'not-known': 'missing',
  'not-specified': 'missing',
  placeholder: 'placeholder',
  pseudo: 'placeholder',
  invalid: 'invalid',
  'test-range': 'invalid',
  implausible: 'invalid',
};

/** Counts of cells by outcome, of one column. An outcome that did not occur may be left out. */
export type OutcomeCounts = Readonly<Partial<Record<Outcome, number>>>;

/** Adds up the outcomes of a column by their group. */
export function groupOutcomes(outcomes: OutcomeCounts): GroupCounts {
  const groups = { valid: 0, missing: 0, placeholder: 0, invalid: 0 };
  for (const [outcome, cells] of Object.entries(outcomes) as [Outcome, number][]) {
    groups[GROUP_OF[outcome]] += cells;
  }
  return groups;
}

/** The number of cells in all groups. */
export function cellsOf(groups: GroupCounts): number {
  return OUTCOME_GROUPS.reduce((sum, group) => sum + groups[group], 0);
}

/**
 * A column with fewer filled cells than this is not judged. In a poor column, in which half of the filled cells are valid, ten
 * cells without a valid one occur by chance once in a thousand columns (0.5 ^ 10).
 */
const FEWEST_FILLED = 10;
/** Nor is a column with fewer cells than this, empty ones included: a small table may have a column that is rarely filled in. */
const FEWEST_CELLS = 100;

/**
 * True of an identifier column in which very few cells are valid: a sex without its map, dates in another format, the wrong
 * column, placeholders in every cell, or a column that lost its content. Such a column links nobody, and such NHS numbers
 * find nobody's opt-out.
 *
 * @param atLeast the share of cells that must be valid, 0..1; 0 allows every column
 */
export function isCollapsed(outcomes: OutcomeCounts, atLeast: number): boolean {
  const groups = groupOutcomes(outcomes);
  const all = cellsOf(groups);
  const filled = all - (outcomes.absent ?? 0);
  return (
    (filled >= FEWEST_FILLED && groups.valid < filled * atLeast) ||
    (all >= FEWEST_CELLS && groups.valid < all * atLeast)
  );
}
