import { expect, test } from 'vitest';
import { judgeUnnumbered } from './unmatched.ts';

const source = (
  actingElsewhere: number,
  unnumbered: number,
  unnumberedIn: readonly string[] = ['p.csv'],
) => ({
  source: 'gp',
  registrations: 1000,
  unmatched: 0,
  actingElsewhere,
  elsewhereWords: 'type 2 and national opt-outs',
  unnumbered,
  unnumberedIn,
});

test('opt-outs of patients without a number warn up to the share, and stop beyond it', () => {
  const severity = (elsewhere: number, unnumbered: number, share: number) =>
    judgeUnnumbered([source(elsewhere, unnumbered)], share).map((one) => one.severity);
  expect(severity(100, 0, 0)).toEqual([]);
  expect(severity(100, 1, 0.01)).toEqual(['warn']);
  expect(severity(100, 2, 0.01)).toEqual(['stop']);
  expect(severity(99, 1, 0.01)).toEqual(['stop']);
  // there is a way out for a source without any numbers
  expect(severity(3, 3, 1)).toEqual(['warn']);
});

test('the finding names the file of the patients, and how many more there are', () => {
  const [one] = judgeUnnumbered([source(2, 2, ['a.csv', 'b.csv', 'c.csv'])], 0.5);
  expect(one).toMatchObject({ check: 'unnumbered-opt-outs', file: 'a.csv' });
  expect(one?.message).toBe(
    'of 2 type 2 and national opt-outs recorded in the source gp, 2 are of patients without a valid NHS number, in this file and 2 more',
  );
  expect(one?.wayOut).toContain('raise optOuts.maxUnmatched');
});
