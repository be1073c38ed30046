import type { OptOutCodeSystem } from '../../domain/opt-out-codes.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';

/** The code system of one of them; that it is one of these has been checked with the pipeline file. */
export function searchedSystemOf({ system }: ColumnSpec): OptOutCodeSystem {
  return system as OptOutCodeSystem;
}
