import { describe, expect, it } from 'vitest';
import { groupOutcomes, isCollapsed, type OutcomeCounts } from './column-outcomes.ts';

const TENTH = 0.1;

describe('a column of which hardly any cell is valid', () => {
  it.each<[string, OutcomeCounts, boolean]>([
    ['letters without a map', { invalid: 1000 }, true],
    ['placeholders', { placeholder: 990, valid: 10 }, true],
    ['pseudo-postcodes', { pseudo: 500, absent: 100 }, true],
    ['the test range in a run of real people', { 'test-range': 10 }, true],
    ['"not known" in every cell', { 'not-known': 40, absent: 2 }, true],
    ['empty in every cell', { absent: 100 }, true],
    ['empty in nearly every cell', { absent: 950, valid: 50 }, true],
    ['a few cells, and none of them valid', { invalid: 10 }, true],
    ['too few cells to judge', { invalid: 9, absent: 90 }, false],
    ['too few cells to judge, all of them empty', { absent: 99 }, false],
    ['a tenth of the filled cells valid', { valid: 100, invalid: 900 }, false],
    ['a tenth of them repaired', { repaired: 100, invalid: 900 }, false],
    ['less than that', { valid: 99, invalid: 901 }, true],
    ['half of them empty, the others valid', { valid: 100, absent: 100 }, false],
    ['no cells at all', {}, false],
  ])('%s', (_, outcomes, collapsed) => {
    expect(isCollapsed(outcomes, TENTH)).toBe(collapsed);
    expect(isCollapsed(outcomes, 0)).toBe(false);
  });

  it('outcomes are added up by their group', () => {
    expect(
      groupOutcomes({ valid: 1, repaired: 2, absent: 3, 'not-known': 4, pseudo: 5, implausible: 6 }),
    ).toEqual({
      valid: 3,
      missing: 7,
      placeholder: 5,
      invalid: 6,
    });
  });
});
