import type { NhsNumber } from '../../domain/nhs-number.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { TokenKernel } from '../tokenise/token-kernel.ts';

export const TOKEN_BYTES = 16;

/** The tokens of NHS numbers, 16 bytes each, in the order of the numbers. They are those that a run makes of the same numbers. */
export function tokensOfNumbers(numbers: readonly NhsNumber[], linkageKey: KeyRing): Uint8Array {
  const kernel = new TokenKernel(linkageKey, ['nhs-number']);
  const tokens = new Uint8Array(numbers.length * TOKEN_BYTES);
  try {
    for (const [index, number] of numbers.entries()) {
      tokens.set(kernel.tokenOf('nhs-number', number), index * TOKEN_BYTES);
    }
  } finally {
    kernel.close();
  }
  return tokens;
}
