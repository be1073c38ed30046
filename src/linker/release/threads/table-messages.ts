import type { BatchRange, CountedBatches } from '../rows/count-rows.ts';
import type { GatheredRows } from '../rows/gather-rows.ts';
import type { SharedOwners } from '../rows/owners.ts';
import type { PersonRange } from '../rows/person-ranges.ts';
import type { SharedDays } from '../rows/seen-days.ts';
import type { TableInput, TextRanksOf } from '../rows/table-rows.ts';

/** The derived key of released ids, in memory that is not shared, with its HKDF info; overwritten as soon as it is loaded. */
export interface RecordKey {
  readonly info: string;
  readonly key: Uint8Array;
}

/** What a thread is given when it starts. */
export interface TableThreadStart {
  readonly recordKey: RecordKey;
  /** parts that it may have open at once */
  readonly mostOpen: number;
}

/** A table as a thread opens it: what all threads share of it, and the paths of its parts, which each reads itself. */
export interface SharedTable
  extends Pick<TableInput, 'release' | 'kept' | 'excluded' | 'checked' | 'rowsOf'> {
  /** no two have the same */
  readonly id: number;
  readonly name: string;
  readonly paths: readonly string[];
  /** how many its source has */
  readonly subjects: number;
  readonly owners: SharedOwners;
  readonly seen: SharedDays | null;
}

/** What a thread is asked of a table that it has begun. */
export type PartOrder =
  | { readonly ask: 'count'; readonly id: number; readonly batches: BatchRange }
  | {
      readonly ask: 'sort';
      readonly id: number;
      readonly range: PersonRange;
      readonly texts: TextRanksOf;
      readonly room: ArrayBuffer;
    };

export type TableOrder =
  | { readonly ask: 'begin'; readonly table: SharedTable }
  | PartOrder
  /** to forget what it holds of a table */
  | { readonly ask: 'end'; readonly id: number }
  /** to overwrite its key, and to end */
  | { readonly ask: 'close' };

export type PartAnswer = { readonly counted: CountedBatches } | { readonly sorted: GatheredRows };
