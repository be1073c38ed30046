import type { PairHasher } from '../../keys/pair-hasher.ts';
import { WORDS, WordIndex } from './token-words.ts';

/** Characters of a pseudonym in a released file: 32 hexadecimal digits. */
export const PSEUDONYM_CHARACTERS = 32;

/** Value of each hexadecimal digit by its character code; 255 for any other character. */
const DIGIT = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return digit < 0 ? 255 : digit;
});

/** What `find` returns for a text that is no pseudonym. */
export const NO_PSEUDONYM = -2;

/** The pseudonyms of persons for one data sharing agreement, looked up by their text in a released file. */
export class PseudonymIndex {
  readonly #pseudonyms: Uint32Array;
  readonly #index: WordIndex;

  /**
   * @param tokens four words of each person's token
   * @param hasher makes the pseudonyms of the agreement
   */
  constructor(tokens: Uint32Array, hasher: PairHasher) {
    this.#pseudonyms = hasher.hashTokens(tokens);
    this.#index = new WordIndex(this.#pseudonyms);
    const persons = tokens.length / WORDS;
    for (let person = 0; person < persons; person += 1) this.#index.put(person);
  }

  /**
   * Whose pseudonym begins at offset `position` of the bytes: the number of a person; negative for nobody of the index, and
   * {@link NO_PSEUDONYM} for what is none.
   */
  find(bytes: Uint8Array, position: number): number {
    let wrong = 0;
    const word = (from: number) => {
      let value = 0;
      for (let byte = 0; byte < 4; byte += 1) {
        const high = DIGIT[bytes[from + byte * 2]!]!;
        const low = DIGIT[bytes[from + byte * 2 + 1]!]!;
        wrong |= high | low;
        value |= ((high << 4) | low) << (8 * byte);
      }
      return value >>> 0;
    };
    const [w0, w1, w2, w3] = [word(position), word(position + 8), word(position + 16), word(position + 24)];
    return (wrong & 0xf0) !== 0 ? NO_PSEUDONYM : this.#index.find(w0, w1, w2, w3);
  }

  /** The pseudonym of a person, as released. */
  textOf(person: number): string {
    const words = this.#pseudonyms.subarray(person * WORDS, (person + 1) * WORDS);
    return Buffer.from(words.slice().buffer).toString('hex');
  }
}
