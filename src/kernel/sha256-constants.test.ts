import { expect, test } from 'vitest';
import { INITIAL_STATE, ROUND_CONSTANTS } from './sha256-constants.ts';

/** The largest r with r ** power <= n, found bit by bit, so without floating point. */
function integerRoot(n: bigint, power: bigint): bigint {
  let root = 0n;
  for (let bit = 1n << 40n; bit > 0n; bit >>= 1n) if ((root + bit) ** power <= n) root += bit;
  return root;
}

/**
 * First 32 bits of the fractional part of n's root: the root of n shifted up by 32 bits, minus its integer part.
 */
const fraction = (n: number, power: bigint): number =>
  Number(integerRoot(BigInt(n) << (32n * power), power) & 0xffffffffn);

const primes = Array.from({ length: 310 }, (_, i) => i + 2).filter(
  (n) => !Array.from({ length: n - 2 }, (_, i) => i + 2).some((divisor) => n % divisor === 0),
);

test('the constants are the fractional parts of the roots of the first primes', () => {
  expect(INITIAL_STATE).toEqual(primes.slice(0, 8).map((prime) => fraction(prime, 2n)));
  expect(ROUND_CONSTANTS).toEqual(primes.slice(0, 64).map((prime) => fraction(prime, 3n)));
});
