import type { RunSettings } from '../../program/run-settings.ts';
import type { StoredOutcomes } from '../../store/token-store.ts';

/**
 * Warns of a column in which most NHS numbers that could be valid are of the test range: it is a rehearsal that the pipeline
 * file does not call one, and every such row counts as one without a number.
 */
export function warnOfTestRange(outcomes: readonly StoredOutcomes[], settings: RunSettings): void {
  for (const { table, column, outcomes: rows } of outcomes) {
    const ofTestRange = rows['test-range'] ?? 0;
    if (ofTestRange <= (rows['valid'] ?? 0) + (rows['repaired'] ?? 0)) continue;
    settings.log({
      level: 'warn',
      table,
      rows: ofTestRange,
      message: `most NHS numbers in ${column} are of the test range 900-999 and are not used: if they are meant, add synthetic: true to the pipeline file`,
    });
  }
}
