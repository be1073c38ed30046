import type { TokenKind } from '../../keys/recipes.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import type { LineEndCounts } from '../extract/line-ends.ts';
import type { FileLayout, ReadFile } from '../extract/row-reader.ts';
import type { TextRange } from '../extract/text-ranges.ts';
import type { FaultyKeys, HasherContext } from './vector-hasher.ts';

/** What a thread is given when it starts. */
export interface ThreadStart {
  readonly pipeline: Pipeline;
  /** YYYY-MM-DD */
  readonly runDate: string;
  readonly lists: Pick<HasherContext, 'superseded' | 'ignoredPostcodes'>;
  readonly kinds: readonly TokenKind[];
  /** derived keys of these kinds by HKDF info, in memory that is not shared; overwritten as soon as they are loaded */
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

/** The file of which the next ranges are. */
export interface RangedFile {
  readonly plan: TokenPlan;
  readonly layout: FileLayout;
}

/** What a thread is asked. It answers ranges, in their order. */
export type RangeOrder =
  | { readonly ask: 'begin'; readonly file: RangedFile }
  | { readonly ask: 'read'; readonly range: TextRange; readonly room: Uint8Array<ArrayBuffer> }
  /** to overwrite what it holds of a file */
  | { readonly ask: 'end' }
  /** to overwrite its keys as well, and to end */
  | { readonly ask: 'close' };

/** What was read of a range. */
export interface HashedRange extends ReadFile {
  readonly lineEnds: LineEndCounts;
  readonly vectors: readonly HashedRows[];
  /** the arrays of all vectors, one behind the other (`vector-arrays`); in the room that was given, if that is large enough */
  readonly arrays: Uint8Array<ArrayBuffer>;
  /** of each text column of the table, the texts that this thread meets for the first time in the file: their codes go on from the last */
  readonly texts: readonly (readonly string[])[];
}

/** One vector of a range. */
export interface HashedRows {
  readonly rows: number;
  /** the keys of its faulty rows; null where it has none */
  readonly faulty: FaultyKeys | null;
}

/** A range as a thread hands it back. */
export interface RangeAnswer {
  /** the range's own bytes */
  readonly text: Uint8Array<ArrayBuffer>;
  /** null where the range does not certainly end behind a record */
  readonly hashed: HashedRange | null;
}
