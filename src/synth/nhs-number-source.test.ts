import { describe, expect, it } from 'vitest';
import { checkDigitOf, NhsNumberSource } from './nhs-number-source.ts';
import { Random } from './random.ts';

describe('checkDigitOf', () => {
  it('agrees with the published examples (domain.md, 1)', () => {
    const examples = ['9434765919', '9876543210', '4010232137', '2983396339', '9990000018', '9990548609'];
    for (const example of [...examples, '4000000004', '4505577104', '9449305552', '1234567881']) {
      expect(String(checkDigitOf(Number(example.slice(0, 9))))).toBe(example.slice(9));
    }
    expect(checkDigitOf(999_000_000)).toBe(10);
  });
});

describe('NhsNumberSource', () => {
  it('gives valid, unique numbers in the test range', () => {
    const source = new NhsNumberSource(new Random(1, 'numbers'));
    const numbers = Array.from({ length: 20_000 }, () => source.next());
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of numbers) {
      expect(number).toMatch(/^9\d{9}$/);
      expect(number).not.toMatch(/^(9000000009|9999999999)$/);
      const weighted = [...number].reduce((sum, digit, index) => sum + Number(digit) * (10 - index), 0);
      expect(weighted % 11).toBe(0);
    }
  });
});
