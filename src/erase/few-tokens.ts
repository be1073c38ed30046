import { longWords } from '../store/long-words.ts';
import type { PartValues } from '../store/part-columns.ts';
import type { PartReader } from '../store/part-reader.ts';
import type { TokenText } from '../store/token-text.ts';
import { tokenBytes, tokenText } from '../store/token-text.ts';
import { isValid } from '../write/validity-bitmap.ts';

/** A pair of columns with the halves of a token each row. */
export interface TokenColumn {
  readonly a: PartValues;
  readonly b: PartValues;
}

/** Reads the columns `<name>_a` and `<name>_b` of a batch; null where the part has none. */
export function readTokens(part: PartReader, batch: number, name: string): TokenColumn | null {
  if (!part.columns.some((column) => column.name === `${name}_a`)) return null;
  return { a: part.read(batch, `${name}_a`), b: part.read(batch, `${name}_b`) };
}

/** Whether a row of a pair of columns has a token. */
export function hasToken({ a }: TokenColumn, row: number): boolean {
  return a.validity === null || isValid(a.validity, row);
}

/** The token of a row, which has one. */
export function tokenAt({ a, b }: TokenColumn, row: number): Uint8Array {
  const [first, second] = [longWords(a.values), longWords(b.values)];
  return new Uint8Array(
    Uint32Array.of(first[row * 2]!, first[row * 2 + 1]!, second[row * 2]!, second[row * 2 + 1]!).buffer,
  );
}

/** A set of tokens that millions of rows are compared with, nearly all of which differ in the first 32 bits. */
export class FewTokens {
  readonly #byFirstWord = new Map<number, Uint8Array[]>();
  readonly #texts = new Set<TokenText>();

  constructor(tokens: Iterable<Uint8Array> = []) {
    for (const token of tokens) this.add(token);
  }

  /** @returns false where it is in already */
  add(token: Uint8Array): boolean {
    const text = tokenText(token);
    if (this.#texts.has(text)) return false;
    this.#texts.add(text);
    const first = new DataView(token.buffer, token.byteOffset).getUint32(0, true);
    this.#byFirstWord.set(first, [...(this.#byFirstWord.get(first) ?? []), token]);
    return true;
  }

  get size(): number {
    return this.#texts.size;
  }

  all(): Uint8Array[] {
    return [...this.#texts].map(tokenBytes);
  }

  /** Whether the halves of a token in a store’s list (`a,b`) are those of one of these. */
  hasText(text: string): boolean {
    return this.#texts.has(text as TokenText);
  }

  /** The rows of a batch that have one of these tokens. */
  rowsIn(column: TokenColumn, rows: number): number[] {
    const first = longWords(column.a.values);
    const found: number[] = [];
    for (let row = 0; row < rows; row += 1) {
      if (!this.#byFirstWord.has(first[row * 2]!) || !hasToken(column, row)) continue;
      if (this.#texts.has(tokenText(tokenAt(column, row)))) found.push(row);
    }
    return found;
  }
}
