import { Permutation } from './permutation.ts';
import type { Random } from './random.ts';

const TEST_RANGE_START = 900_000_000; // first nine digits of the test range 900-999 (domain.md, 1)

/**
 * First nine digits of the two placeholders in the test range, 9000000009 and 9999999999: they mean
 * "missing".
 */
const PLACEHOLDER_STEMS: ReadonlySet<number> = new Set([900_000_000, 999_999_999]);

/** A little under the real count of valid numbers in 900-999 (1/11 of the stems have no check digit). */
const CAPACITY = 90_000_000;

/**
 * Generates NHS numbers: valid, in the test range, unique, in no visible order.
 *
 * The check digit is computed here rather than taken from the domain module on purpose: synthetic extracts
 * then test that module instead of agreeing with it by construction.
 */
export class NhsNumberSource {
  static readonly CAPACITY: number = CAPACITY;
  private readonly permutation: Permutation;
  private counter = 0;

  constructor(random: Random) {
    this.permutation = new Permutation(random);
  }

  /** The next number, ten digits as text. Stems without a check digit and placeholders are skipped. */
  next(): string {
    while (this.counter < Permutation.SIZE) {
      const stem = TEST_RANGE_START + this.permutation.of(this.counter++);
      const checkDigit = checkDigitOf(stem);
      if (checkDigit !== 10 && !PLACEHOLDER_STEMS.has(stem)) return String(stem * 10 + checkDigit);
    }
    throw new RangeError('the test range of NHS numbers is used up');
  }
}

/**
 * The check digit of nine digits: weights 10 to 2, eleven less the remainder by eleven, 11 read as 0
 * (domain.md, 1).
 * @returns 0 .. 10, where 10 means that no valid number has this stem
 */
export function checkDigitOf(stem: number): number {
  let rest = stem;
  let sum = 0;
  for (let weight = 2; weight <= 10; weight++) {
    const shorter = Math.floor(rest / 10);
    sum += weight * (rest - shorter * 10);
    rest = shorter;
  }
  const remainder = 11 - (sum % 11);
  return remainder === 11 ? 0 : remainder;
}
