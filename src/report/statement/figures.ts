import type { Receipt } from '../../domain/receipt.ts';
import type { LinkageFigures } from '../../linker/link/link-persons.ts';
import type { PersonCounts } from '../../linker/result.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StoredInput, StoredOutcomes } from '../../store/token-store.ts';
import type { RunManifest } from '../../write/run-manifest.ts';

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
  /** persons who are not released, each once, by name of the reason that counts */
  readonly held: Readonly<Record<string, number>>;
  /** what the manifest says of opt-outs */
  readonly optOuts: NonNullable<RunManifest['optOuts']>;
}
