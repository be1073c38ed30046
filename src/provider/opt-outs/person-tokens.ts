import type { NhsNumber } from '../../domain/nhs-number.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { TokenKernel } from '../tokenise/token-kernel.ts';

/**
 * Tokens of one person's NHS numbers: that of the current number first, then those of the numbers that it replaced. Events that were
 * recorded before a number was replaced are under the earlier one.
 *
 * @param superseded superseded NHS numbers, each with the one that replaces it (`link.supersededNumbers`)
 */
export function personTokens(
  number: NhsNumber,
  superseded: ReadonlyMap<NhsNumber, NhsNumber>,
  linkageKey: KeyRing,
): Uint8Array[] {
  const current = superseded.get(number) ?? number;
  const earlier = [...superseded].flatMap(([from, to]) => (to === current ? [from] : []));
  const kernel = new TokenKernel(linkageKey, ['nhs-number']);
  try {
    return [current, ...earlier].map((one) => kernel.tokenOf('nhs-number', one));
  } finally {
    kernel.close();
  }
}
