import type { Measure } from './night.ts';

/** What somebody who looked at it says is right this once, though earlier nights differ. */
export interface Acceptance {
  /** begin a baseline where one is missing, damaged or to be forgotten */
  readonly newBaseline: boolean;
  /** ids of keys that take the place of pinned ones */
  readonly newKeys: readonly string[];
  readonly changes: readonly Measure[];
}

export const NOTHING_ACCEPTED: Acceptance = { newBaseline: false, newKeys: [], changes: [] };
