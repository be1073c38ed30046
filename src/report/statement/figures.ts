import type { Receipt } from '../../domain/receipt.ts';
import type { LinkageFigures } from '../../linker/link/link-persons.ts';
import type { PersonCounts } from '../../linker/result.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StoredInput, StoredOutcomes } from '../../store/token-store.ts';

/**
 * The input of a linkage statement: counts and rates of a run, without any data of persons. Rates derived from exact counts are
 * not included.
 */
export interface StatementFigures extends Omit<LinkageFigures, 'matchWeights' | 'audit'> {
  readonly pipeline: Pipeline;
  readonly tool: string;
  readonly runId: string;
  readonly runDate: string;
  readonly rulesVersion: number;
  readonly inputs: readonly StoredInput[];
  readonly outcomes: readonly StoredOutcomes[];
  readonly receipts: readonly Receipt[];
  readonly persons: PersonCounts;
}
