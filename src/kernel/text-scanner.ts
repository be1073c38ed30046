import { requireGuards, setGuards } from './guards.ts';
import { instantiateKernel, type KernelExports } from './kernel-binary.ts';
import {
  FIRST_GUARD_AT,
  PAGE_BYTES,
  POSITIONS_AT,
  POSITIONS_AT_ONCE,
  POSITIONS_GUARD_AT,
  SCAN_BYTES,
  SCANNER_BYTES,
  TEXT_AT,
  TEXT_GUARD_AT,
} from './memory-layout.ts';

export { SCAN_BYTES } from './memory-layout.ts';

const GUARDS = [FIRST_GUARD_AT, TEXT_GUARD_AT, POSITIONS_GUARD_AT];

/**
 * Finds the delimiters and line ends outside quotes of delimited text. It holds the last text until `clear`.
 * One instance is for one text at a time.
 */
export class TextScanner {
  readonly #code: KernelExports;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #text: Uint8Array<ArrayBuffer>;
  readonly #positions: Uint32Array<ArrayBuffer>;

  constructor() {
    const { memory, code } = instantiateKernel(Math.ceil(SCANNER_BYTES / PAGE_BYTES));
    this.#code = code;
    this.#words = new Int32Array(memory.buffer);
    this.#text = new Uint8Array(memory.buffer, TEXT_AT, SCAN_BYTES);
    this.#positions = new Uint32Array(memory.buffer, POSITIONS_AT, SCAN_BYTES + POSITIONS_AT_ONCE);
    setGuards(this.#words, GUARDS);
  }

  /**
   * @param text begins where a record begins; at most SCAN_BYTES
   * @param delimiter a byte that is neither LF, CR nor the quote
   * @param quote a byte that is neither LF nor CR
   * @returns positions in ascending order, valid until the next call; null if the text is not regular (assembly/scan.ts)
   * @throws RangeError for a longer text, TallystickError with EXIT.bug after a write past a region
   */
  scan(text: Uint8Array, delimiter: number, quote: number): Uint32Array | null {
    this.#text.set(text);
    requireGuards(this.#words, GUARDS);
    const count = this.#code.scan(text.length, delimiter, quote);
    requireGuards(this.#words, GUARDS);
    return count < 0 ? null : this.#positions.subarray(0, count);
  }

  /** Overwrites the text and its positions with zeros. */
  clear(): void {
    this.#text.fill(0);
    this.#positions.fill(0);
  }
}
