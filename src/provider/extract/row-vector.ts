import { OPT_OUT_CODE_FOUND } from '../../domain/row-flag.ts';
import { BATCH } from '../../kernel/column-scanner.ts';

/** Rows of a vector: as many as the kernel takes at once, of cells and of texts to hash. */
export const VECTOR_ROWS = BATCH;
/** 32-bit words of a text: its length, and up to twelve bytes of it. */
export const TEXT_WORDS = 4;
/** The longest text that is in its words as a whole. */
export const INLINE_BYTES = 12;

/** An odd constant with well-mixed bits (2^32 / golden ratio), for multiplicative hashing. */
const MIX = 0x9e3779b1;

/** A hash of 32 bits of the words of a text that is in them as a whole. */
export function mixedText(words: Uint32Array, word: number): number {
  let mixed = Math.imul(words[word + 1]! ^ words[word]!, MIX);
  mixed = Math.imul((mixed ^ (mixed >>> 15)) + words[word + 2]!, MIX);
  mixed = Math.imul((mixed ^ (mixed >>> 15)) + words[word + 3]!, MIX);
  return mixed ^ (mixed >>> 13);
}

/** A text a row; empty where there is none. */
export interface TextColumn {
  /**
   * TEXT_WORDS a row: the length in bytes of UTF-8, then the text, with zeros behind it. Of a text of more than INLINE_BYTES only the first four
   * bytes are certain.
   */
  readonly words: Uint32Array;
  /** the bytes of a text that is longer; valid until the next vector */
  longText(row: number): Uint8Array;
}

/** The standardised identifiers of the rows of a vector; 0 or an empty text where there is none. */
export interface Demographics {
  /** int64 seen as 32-bit words: the ten digits as an integer */
  readonly nhs: Uint32Array;
  /** yyyymmdd */
  readonly birthDate: Int32Array;
  /** 1, 2 or 0 */
  readonly sex: Int8Array;
  /** the words of a text column: a postcode has seven characters at most */
  readonly postcode: Uint32Array;
}

/** What a person is known by besides the NHS number: `sex|birth date|postcode`. */
export type TupleParts = Omit<Demographics, 'nhs'>;

/** The identifier columns that are standardised, by their role. */
export type DemographicRole = 'nhs-number' | 'date-of-birth' | 'sex' | 'postcode';

/** What is still asked of rows when their tokens have been made. */
export interface HashedVector {
  readonly rows: number;
  /** a number a row: 0, or the position of the first faulty column in the table's list, from 1, or OPT_OUT_CODE_FOUND */
  readonly faults: Int16Array;
  /** null of a table without identifiers */
  readonly demographics: TupleParts | null;
  /** of each identifier column that the table has, a code of `OUTCOMES` a row */
  readonly outcomes: ReadonlyMap<DemographicRole, Uint8Array>;
}

/** Writes a whole number of at most 2^53 as the int64 of a row, in two words. */
export function setLong(words: Uint32Array, row: number, value: number): void {
  words[row * 2] = value; // stores the low 32 bits
  words[row * 2 + 1] = Math.floor(value / 2 ** 32);
}

/** Rows that were read and standardised, at most VECTOR_ROWS; valid until the next ones are read. */
export interface RowVector extends HashedVector {
  readonly demographics: Demographics | null;
  /** the texts of a key column, without blanks around them */
  keys(column: string): TextColumn;
}

/** The faults of the rows of a vector: of each row the first, by the position of its column. */
export class RowFaults {
  readonly codes = new Int16Array(VECTOR_ROWS);

  clear(): void {
    this.codes.fill(0);
  }

  /** @param code the position of the column in the table's list, from 1 */
  add(row: number, code: number): void {
    const before = this.codes[row]!;
    if (before === 0 || (before !== OPT_OUT_CODE_FOUND && code < before)) this.codes[row] = code;
  }

  /** An opt-out code where none is expected comes before every fault: the run stops. */
  addOptOutCode(row: number): void {
    this.codes[row] = OPT_OUT_CODE_FOUND;
  }
}
