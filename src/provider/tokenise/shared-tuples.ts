import type { TokenText, TokenWords } from '../../store/token-text.ts';
import { TokenMap } from './token-map.ts';
import { TokenSet } from './token-set.ts';

/** 32-bit words in one token. */
const WORDS = 4;

/**
 * The patients of one source whose `sex|birth date|postcode` another of them may have too: two patient keys are two people by the
 * source's own account, so a record without a number cannot be attributed to one of them (src/linker/link/README.md, "Two patients of one table").
 *
 * Held are those alone of whom the number or the sex cannot be read, the unsure; all others are met one by one, once these have
 * been noted. Where an unsure patient lived before is a tuple of hers as well.
 */
export class SharedTuples {
  /** by tuple, the number of its last entry, from 1: one entry for each unsure patient who may have the tuple */
  readonly #last = new TokenMap();
  /** of each entry: the subject's words, its NHS number, and the entry before it with the same tuple, 0 for none */
  readonly #subjects: number[] = [];
  readonly #numbers: (TokenText | null)[] = [];
  readonly #before: number[] = [];
  /** by subject, its index in `#numberOf` plus one: for the addresses, which come later */
  readonly #unsure = new TokenMap();
  readonly #numberOf: (TokenText | null)[] = [];
  /** tuples of patients who stay above the boundary, and those of which somebody else has been met */
  readonly #shared = new TokenSet();

  /** How many tuples the unsure may have, each patient's counted. */
  get size(): number {
    return this.#before.length;
  }

  /** A patient of whom the number (null) or the sex cannot be read. */
  rememberUnsure(subject: TokenWords, number: TokenText | null): void {
    this.#unsure.set(...subject, this.#numberOf.push(number));
  }

  /** The number of an unsure patient, null where she has none; undefined of any other. */
  numberOf(subject: TokenWords): TokenText | null | undefined {
    return this.#numberOf[this.#unsure.get(...subject) - 1];
  }

  /** An unsure patient may have this tuple. */
  note(subject: TokenWords, tuple: TokenWords, number: TokenText | null): void {
    const last = this.#last.get(...tuple);
    for (let entry = last; entry !== 0; entry = this.#before[entry - 1]!) {
      if (this.#isOf(entry, subject)) return;
    }
    if (last !== 0) this.#shared.add(...tuple);
    this.#subjects.push(...subject);
    this.#numbers.push(number);
    this.#last.set(...tuple, this.#before.push(last));
  }

  /** A patient who stays above the boundary has this tuple. */
  noteKeptBack(tuple: TokenWords): void {
    this.#shared.add(...tuple);
  }

  /** Any patient with a tuple, after the unsure have been noted. */
  meet(subject: TokenWords, tuple: TokenWords): void {
    const entry = this.#last.get(...tuple);
    if (entry !== 0 && !this.#isOf(entry, subject)) this.#shared.add(...tuple);
  }

  /** Shows every tuple that an unsure patient shares with another, once for each of the unsure, with her number. */
  eachShared(show: (tuple: TokenWords, number: TokenText | null) => void): void {
    this.#last.forEach((w0, w1, w2, w3, last) => {
      if (!this.#shared.has(w0, w1, w2, w3)) return;
      for (let entry = last; entry !== 0; entry = this.#before[entry - 1]!) {
        show([w0, w1, w2, w3], this.#numbers[entry - 1]!);
      }
    });
  }

  /** Forgets everybody. */
  clear(): void {
    this.#last.clear();
    this.#unsure.clear();
    this.#subjects.length = 0;
    this.#numbers.length = 0;
    this.#numberOf.length = 0;
    this.#before.length = 0;
  }

  #isOf(entry: number, [w0, w1, w2, w3]: TokenWords): boolean {
    const word = (entry - 1) * WORDS;
    const words = this.#subjects;
    return words[word] === w0 && words[word + 1] === w1 && words[word + 2] === w2 && words[word + 3] === w3;
  }
}
