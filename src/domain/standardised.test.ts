import { expect, test } from 'vitest';
import { OUTCOME_NAMES, OUTCOMES, outcomeOf } from './standardised.ts';
import { trimBlanks } from './standardised-text.ts';

test('the stored numbers of outcomes do not change', () => {
  expect(Object.fromEntries(OUTCOME_NAMES.map((name) => [name, OUTCOMES[name].code]))).toEqual({
    valid: 1,
    repaired: 2,
    absent: 3,
    placeholder: 4,
    invalid: 5,
    'test-range': 6,
    pseudo: 7,
    'not-known': 8,
    'not-specified': 9,
    implausible: 10,
  });
});

test('a stored number gives back its outcome, and 0 gives none', () => {
  expect(OUTCOME_NAMES.map((name) => outcomeOf(OUTCOMES[name].code))).toEqual(OUTCOME_NAMES);
  expect(outcomeOf(0)).toBeUndefined();
});

test.each([
  [null, ''],
  ['', ''],
  ['\t\n\v\f\r \u00a0', ''],
  [' a b\u00a0', 'a b'],
  ['\u2003a', '\u2003a'],
  ['\ufeffa', '\ufeffa'],
  ['a\u200b', 'a\u200b'],
])('%j is trimmed to %j', (text, trimmed) => {
  expect(trimBlanks(text)).toBe(trimmed);
});
