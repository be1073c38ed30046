import type { NhsNumber } from '../../domain/nhs-number.ts';
import { BATCH, SLOT_BYTES } from '../../kernel/hmac-kernel.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { TokenKernel } from './token-kernel.ts';

/** Tokens of NHS numbers, four words each, their bytes read little-endian: a batch at a time, as for rows. */
export function tokensOfNumbers(
  numbers: readonly NhsNumber[],
  linkageKey: KeyRing,
): Uint32Array<ArrayBuffer> {
  const tokens = new Uint32Array(numbers.length * 4);
  const halves = new BigInt64Array(tokens.buffer);
  const hasher = new TokenKernel(linkageKey, ['nhs-number']);
  const { kernel } = hasher;
  const slots = Buffer.from(kernel.slots.buffer, kernel.slots.byteOffset, kernel.slots.byteLength);
  try {
    for (let from = 0; from < numbers.length; from += BATCH) {
      const rows = Math.min(BATCH, numbers.length - from);
      for (let row = 0; row < rows; row += 1)
        kernel.lengths[row] = slots.write(numbers[from + row]!, row * SLOT_BYTES, 'latin1');
      kernel.hash(hasher.slot('nhs-number'), rows);
      for (let row = 0; row < rows; row += 1) {
        halves[(from + row) * 2] = kernel.first[row]!;
        halves[(from + row) * 2 + 1] = kernel.second[row]!;
      }
    }
    return tokens;
  } finally {
    hasher.close();
  }
}
