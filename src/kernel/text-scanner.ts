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
 * Finds the delimiters and line ends outside quotes of delimited text. It holds what was scanned until `clear`.
 * One instance is for one text at a time.
 */
export class TextScanner {
  protected readonly code: KernelExports;
  protected readonly words: Int32Array<ArrayBuffer>;
  /** positions in the text that was scanned last; none where it is not regular, or another has been written since */
  protected found = 0;
  readonly #guards: readonly number[];
  readonly #text: Uint8Array<ArrayBuffer>;
  readonly #positions: Uint32Array<ArrayBuffer>;
  /** the longest text, and the most positions, since the last `clear` */
  #longest = 0;
  #most = 0;

  /**
   * @param bytes of memory, and the guards behind those of the scanner: for whoever has more to do with the text
   */
  constructor(bytes = SCANNER_BYTES, guards: readonly number[] = []) {
    const { memory, code } = instantiateKernel(Math.ceil(bytes / PAGE_BYTES));
    this.code = code;
    this.words = new Int32Array(memory.buffer);
    this.#text = new Uint8Array(memory.buffer, TEXT_AT, SCAN_BYTES);
    this.#positions = new Uint32Array(memory.buffer, POSITIONS_AT, SCAN_BYTES + POSITIONS_AT_ONCE);
    this.#guards = [...GUARDS, ...guards];
    setGuards(this.words, this.#guards);
  }

  /**
   * @param text begins where a record begins; at most SCAN_BYTES
   * @param delimiter a byte that is neither LF, CR nor the quote
   * @param quote a byte that is neither LF nor CR
   * @returns positions in ascending order, valid until the next call; null if the text is not regular (assembly/scan.ts)
   * @throws RangeError for a longer text, TallystickError with EXIT.bug after a write past a region
   */
  scan(text: Uint8Array, delimiter: number, quote: number): Uint32Array | null {
    this.write(text);
    this.requireGuards();
    const count = this.code.scan(text.length, delimiter, quote);
    this.requireGuards();
    this.found = Math.max(count, 0);
    this.#most = count < 0 ? this.#positions.length : Math.max(this.#most, count + POSITIONS_AT_ONCE);
    return count < 0 ? null : this.#positions.subarray(0, count);
  }

  /** Line ends outside quotes of the text that was scanned last, if it is regular. */
  get lineEnds(): number {
    return this.code.lineEndsFound();
  }

  /** Line ends, within quotes or not, in the first bytes of the text that was scanned last. */
  countLineEnds(length: number): number {
    return this.code.countLineEnds(length);
  }

  /** Overwrites texts and their positions with zeros. */
  clear(): void {
    this.#text.fill(0, 0, this.#longest);
    this.#positions.fill(0, 0, this.#most);
    this.#longest = 0;
    this.#most = 0;
    this.found = 0;
  }

  /** @throws RangeError for a text of more than SCAN_BYTES */
  protected write(text: Uint8Array): void {
    this.#text.set(text);
    this.found = 0;
    this.#longest = Math.max(this.#longest, text.length);
  }

  /** @throws TallystickError with EXIT.bug where something was written past a region */
  protected requireGuards(): void {
    requireGuards(this.words, this.#guards);
  }
}
