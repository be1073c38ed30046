import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasCheckDigit,
  NHS_NUMBER_PLACEHOLDERS,
  nhsNumberRange,
  standardiseNhsNumber,
} from './nhs-number.ts';

const real = { allowTestRange: false };
const synthetic = { allowTestRange: true };

/** Numbers with a right check digit, outside the placeholders; built by trying all ten last digits. */
const goodNumber = fc
  .integer({ min: 10_000_000, max: 999_999_999 })
  .map((first) => String(first).padStart(9, '0'))
  .map((nine) => Array.from('0123456789', (last) => nine + last).find(hasCheckDigit))
  .filter((digits): digits is string => digits !== undefined && !NHS_NUMBER_PLACEHOLDERS.includes(digits));

describe('the examples of the domain reference', () => {
  test.each('4010232137 2983396339 0607230002 4505577104 0123456789 1234567881'.split(' '))(
    '%s is valid',
    (digits) => {
      expect(standardiseNhsNumber(digits, real)).toEqual({ value: digits, outcome: 'valid' });
    },
  );

  test.each('9434765919 9876543210 9990000018 9990548609 9449305552 9000962382'.split(' '))(
    '%s is in the test range: valid in a synthetic run, refused in any other',
    (digits) => {
      expect(standardiseNhsNumber(digits, synthetic)).toEqual({ value: digits, outcome: 'valid' });
      expect(standardiseNhsNumber(digits, real)).toEqual({ value: null, outcome: 'test-range' });
    },
  );

  test.each('1234567890 9990000000 9876544321 9691234567 0101010101'.split(' '))(
    '%s is invalid',
    (digits) => {
      expect(standardiseNhsNumber(digits, synthetic)).toEqual({ value: null, outcome: 'invalid' });
    },
  );
});

test('4000000004 has a correct check digit, but is a placeholder', () => {
  expect(hasCheckDigit('4000000004')).toBe(true);
  expect(standardiseNhsNumber('4000000004', real).outcome).toBe('placeholder');
});

test.each('9000543664 9000956406 9000617017 9000429321'.split(' '))(
  '%s, published as a test number of the national opt-out service, has a wrong check digit',
  (digits) => {
    expect(standardiseNhsNumber(digits, synthetic).outcome).toBe('invalid');
  },
);

test('the 19 placeholders pass the check digit and are missing, in any form', () => {
  expect(new Set(NHS_NUMBER_PLACEHOLDERS).size).toBe(19);
  for (const digits of NHS_NUMBER_PLACEHOLDERS) {
    expect(hasCheckDigit(digits)).toBe(true);
    for (const text of [digits, digits.replace(/(...)(...)/, '$1-$2-'), `${digits} `]) {
      expect(standardiseNhsNumber(text, synthetic)).toEqual({ value: null, outcome: 'placeholder' });
    }
  }
});

test.each([
  ['401 023 2137', '4010232137', 'valid'],
  ['401-023-2137', '4010232137', 'valid'],
  ['\t401 023 2137\u00a0\r\n', '4010232137', 'valid'],
  ['401 023-2137', null, 'invalid'],
  ['401-023 2137', null, 'invalid'],
  ['401  023 2137', null, 'invalid'],
  ['4010 232 137', null, 'invalid'],
  ['40102 32137', null, 'invalid'],
  ['607230002', '0607230002', 'repaired'],
  ['123456789', '0123456789', 'repaired'],
  ['060723000', null, 'invalid'],
  ['123456788', null, 'invalid'],
  ['19', null, 'invalid'],
  ['0', null, 'placeholder'],
  ['000000000', null, 'placeholder'],
  ['40102321370', null, 'invalid'],
  ['+401023213', null, 'invalid'],
  ['4010232137.0', null, 'invalid'],
  ['4.01023E+09', null, 'invalid'],
  ['٤٠١٠٢٣٢١٣٧', null, 'invalid'],
  ['NHS 4010232137', null, 'invalid'],
  ['', null, 'absent'],
  [' \u00a0', null, 'absent'],
  [null, null, 'absent'],
])('%j gives %j, %s', (text, value, outcome) => {
  expect(standardiseNhsNumber(text, real)).toEqual({ value, outcome });
});

test('every single wrong digit is detected', () => {
  fc.assert(
    fc.property(goodNumber, fc.nat(9), fc.integer({ min: 1, max: 9 }), (digits, index, by) => {
      const wrong = String((Number(digits[index]) + by) % 10);
      return !hasCheckDigit(digits.slice(0, index) + wrong + digits.slice(index + 1));
    }),
  );
});

test('every swap of two different neighbouring digits is detected', () => {
  fc.assert(
    fc.property(goodNumber, fc.nat(8), (digits, index) => {
      const [one = '', other = ''] = digits.slice(index, index + 2);
      fc.pre(one !== other);
      return !hasCheckDigit(digits.slice(0, index) + other + one + digits.slice(index + 2));
    }),
  );
});

test('a canonical number is unchanged, and its other forms have it as their canonical form', () => {
  fc.assert(
    fc.property(goodNumber, fc.constantFrom('', ' ', '-'), (digits, between) => {
      const text = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)].join(between);
      expect(standardiseNhsNumber(text, synthetic)).toEqual({ value: digits, outcome: 'valid' });
    }),
  );
});

test.each([
  ['0090000000', 'not-issued'],
  ['0100000000', 'scotland-chi'],
  ['3199999999', 'scotland-chi'],
  ['3200000000', 'northern-ireland'],
  ['3999999999', 'northern-ireland'],
  ['4000000000', 'england-wales-iom'],
  ['4999999999', 'england-wales-iom'],
  ['5000000000', 'not-issued'],
  ['5999999999', 'not-issued'],
  ['6000000000', 'england-wales-iom'],
  ['7999999999', 'england-wales-iom'],
  ['8000000000', 'ireland'],
  ['8599999999', 'ireland'],
  ['8600000000', 'spare'],
  ['8999999999', 'spare'],
  ['9000000000', 'test'],
  ['9999999999', 'test'],
])('%s is in the range %s', (digits, range) => {
  expect(nhsNumberRange(digits)).toBe(range);
});
