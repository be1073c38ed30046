import type { Measure } from './night.ts';

/** Changes that the operator accepts for one night, though earlier nights differ. */
export interface Acceptance {
  /** begin a new baseline where one is missing, damaged or to be discarded */
  readonly newBaseline: boolean;
  /** ids of keys that replace pinned ones */
  readonly newKeys: readonly string[];
  readonly changes: readonly Measure[];
}

export const NOTHING_ACCEPTED: Acceptance = { newBaseline: false, newKeys: [], changes: [] };
