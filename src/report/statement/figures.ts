import type { Receipt } from '../../domain/receipt.ts';
import type { LinkageFigures } from '../../linker/link/link-persons.ts';
import type { PersonCounts } from '../../linker/result.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StoredInput, StoredOutcomes } from '../../store/token-store.ts';

/**
 * What a linkage statement is made from: a run's own figures, and nothing of any person. Rates that rest on exact counts are not
 * among them.
 */
export interface StatementFigures extends Omit<LinkageFigures, 'weights' | 'audit'> {
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
