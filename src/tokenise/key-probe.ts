import type { VectorFunction, VectorInput } from '../engine/vector-function.ts';
import { BATCH } from './kernel/hmac-kernel.ts';
import type { TokenKind } from './recipes.ts';
import { RowTexts } from './row-texts.ts';
import type { TokenKernel } from './token-kernel.ts';
import type { TokenSet } from './token-set.ts';

/** A function that says of each key whether its token is in a set: `hit` is 1 or 0. */
export class KeyProbe implements VectorFunction {
  readonly name: string;
  readonly parameters = ['text'] as const;
  readonly returns = [{ name: 'hit', type: 'tinyint' }] as const;
  readonly #tokens: TokenKernel;
  readonly #slot: number;
  readonly #set: TokenSet;
  readonly #texts: RowTexts;
  readonly #rows = Uint16Array.from({ length: BATCH }, (_, row) => row);
  readonly #hits = new Uint8Array(BATCH);

  constructor(name: string, kind: TokenKind, tokens: TokenKernel, set: TokenSet) {
    this.name = name;
    this.#tokens = tokens;
    this.#slot = tokens.slot(kind);
    this.#set = set;
    this.#texts = new RowTexts(tokens.kernel);
  }

  call(input: VectorInput): readonly Uint8Array[] {
    const { kernel } = this.#tokens;
    this.#texts.keys(this.#slot, input, [0], this.#rows, input.rows);
    const first = new Uint32Array(kernel.first.buffer, kernel.first.byteOffset, input.rows * 2);
    const second = new Uint32Array(kernel.second.buffer, kernel.second.byteOffset, input.rows * 2);
    for (let row = 0; row < input.rows; row += 1) {
      const at = row * 2;
      const isHit = this.#set.has(first[at]!, first[at + 1]!, second[at]!, second[at + 1]!);
      this.#hits[row] = isHit ? 1 : 0;
    }
    return [this.#hits];
  }
}
