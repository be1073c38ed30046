import type { GroupCounts } from '../domain/column-outcomes.ts';
import type { Part } from '../domain/expectation.ts';
import type { OptOutTally } from '../domain/opt-out-tally.ts';

/** The measures that are compared with earlier nights; a change of each can be accepted for one night. */
export const MEASURES = ['rows', 'valid', 'linked', 'opt-outs'] as const;
export type Measure = (typeof MEASURES)[number];

/** Ids of the keys: a keyed commitment, or the digest of a public key; neither reveals the key. */
export interface KeyIds {
  readonly linkage: string;
  readonly release: string;
  /** of the key with which the provider signed the stores; it is derived from the linkage key, and changes with it */
  readonly store: string;
}

/** The counts of a night before linkage. */
export interface Delivery {
  /** YYYY-MM-DD: the run date */
  readonly date: string;
  readonly keyIds: KeyIds;
  /** rows delivered, by table */
  readonly rows: Readonly<Record<string, number>>;
  /** cells of each identifier column, by table and column */
  readonly columns: Readonly<Record<string, Readonly<Record<string, GroupCounts>>>>;
  /** lines of each list and coded events, by type and origin */
  readonly optOutEvents: Readonly<Record<string, number>>;
  /** opt-outs in force, by type and by kind of token (NHS number or patient key) */
  readonly optOutsInForce: Readonly<Record<string, number>>;
  /** the opt-outs by origin and practice */
  readonly optOutTally: OptOutTally;
  /** rows of GP patients that a type 1 opt-out stopped, by table */
  readonly stoppedPatients: Readonly<Record<string, Part>>;
}

/** The counts that linkage adds. */
export interface Linkage {
  /** digest of the ladder: shares by rank are compared between nights of the same ladder only */
  readonly ladder: string;
  /** records with identifiers that were linked to a valid NHS number, by source */
  readonly linked: Readonly<Record<string, Part>>;
  /** subjects by the number of the match rank that linked them; 0 for none */
  readonly ranks: Readonly<Record<string, number>>;
  /** persons who are not released because of an opt-out of each kind */
  readonly personsOptedOut: Readonly<Record<string, Part>>;
}

/** One night in the baseline: counts, and no value of any cell. */
export interface Night extends Delivery, Linkage {
  readonly runId: string;
  /** measures accepted on this night though earlier nights differ: their comparisons start again from here */
  readonly accepted: readonly Measure[];
}
