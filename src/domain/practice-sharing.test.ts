/** Which practices share on a day, compared with the rule in words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PracticeLine, PracticeSharing, practiceCode } from './practice-sharing.ts';

const TODAY = '2026-04-01';
const DAYS = ['2020-01-01', '2026-03-31', TODAY, '2026-04-02', '2030-01-01'] as const;

const line = fc.record({
  code: fc.constantFrom('A81001', 'A81002', 'V81997'),
  start: fc.option(fc.constantFrom(...DAYS)),
  end: fc.option(fc.constantFrom(...DAYS)),
  isActive: fc.boolean(),
  isDisabled: fc.boolean(),
});

/** The rule as it is written in the README, one sentence after the other. */
function reasonsPlainly(lines: readonly PracticeLine[], isDated: boolean, code: string | null): string[] {
  const own = lines.filter((one) => one.code === code);
  const covering = own.filter(({ start, end }) => {
    if (start !== null && start > TODAY) return false;
    return end === null || end > TODAY;
  });
  const isReal = code !== null && !code.startsWith('V8199');
  const shares = isReal && covering.some(({ isActive, start }) => isActive && !(isDated && start === null));
  const stopped = isReal && covering.some(({ isDisabled }) => isDisabled);
  return [...(shares ? [] : ['practice-inactive']), ...(stopped ? ['practice-disabled'] : [])];
}

describe('a practice', () => {
  it('is held by the lines that cover the day, whatever they are', () => {
    const asked = fc.constantFrom('A81001', 'A81002', 'A81003', 'V81997', null);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.boolean(), asked, (lines, isDated, code) => {
        const sharing = new PracticeSharing(lines, isDated, TODAY);
        expect(sharing.reasonsOf(code)).toEqual(reasonsPlainly(lines, isDated, code));
        expect(sharing.has(code)).toBe(lines.some((one) => one.code === code));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [null, { start: '2026-04-01', end: null }, []],
    ['ends today', { start: '2020-01-01', end: TODAY }, ['practice-inactive']],
    ['begins tomorrow', { start: '2026-04-02', end: null }, ['practice-inactive']],
    ['never began', { start: null, end: null }, ['practice-inactive']],
  ])('%s', (_, period, reasons) => {
    const lines = [{ code: 'A81001', isActive: true, isDisabled: false, ...period }];
    expect(new PracticeSharing(lines, true, TODAY).reasonsOf('A81001')).toEqual(reasons);
  });

  it('is not one where the code means that there is none, though a list names it', () => {
    for (const code of ['V81997', 'V81998', 'V81999']) {
      const lines = [{ code, start: null, end: null, isActive: true, isDisabled: false }];
      expect(new PracticeSharing(lines, false, TODAY).reasonsOf(code)).toEqual(['practice-inactive']);
    }
  });
});

it('codes are compared in one form', () => {
  expect([' a81001 ', '{0a-1B}', '0A-1b', '', ' ', '{}'].map(practiceCode)).toEqual([
    'A81001',
    '0A-1B',
    '0A-1B',
    null,
    null,
    null,
  ]);
});
