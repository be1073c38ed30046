import { expect, it } from 'vitest';
import { figuresOf } from '../compare/evaluate/figures.ts';
import { evaluationReport } from './evaluation-report.ts';

const counts = { records: 1200, linked: 1000, falseMatches: 2, linkable: 1100, missedMatches: 45 };
const none = { records: 9, linked: 0, falseMatches: 0, linkable: 0, missedMatches: 0 };

it('the report of an evaluation lists totals, match ranks, subgroups, and the records left out', () => {
  const figures = figuresOf(
    {
      truePersons: 400,
      linkedPersons: 420,
      pairs: { bothPairs: 3000, linkedPairs: 3003, truePairs: 3100 },
      ranks: [
        { rank: 8, ...counts },
        { rank: 0, ...none },
      ],
      groups: [
        { by: 'sex', value: '1', ...counts },
        { by: 'sex', value: null, ...none },
      ],
    },
    [8],
    [],
  );
  const text = evaluationReport(
    {
      ...figures,
      name: 'nightly',
      runDate: '2026-04-01',
      ladder: 'two-step',
      notEvaluated: {
        truthOfOtherTables: 7,
        truthWithoutRecord: 12,
        recordsWithoutTruth: 3,
        notLinked: { 'type-1-opt-out': 1000, quarantined: 1 },
      },
      seconds: 1.4,
      stages: { tokenise: 1.2, evaluate: 0.3 },
    },
    'truth.csv',
  );
  const lines = text.split('\n');
  expect(lines[0]).toBe('nightly for 2026-04-01: linkage by the ladder two-step compared with truth.csv');
  expect(lines).toContain('1,209 records of 400 true persons, linked to 420 persons');
  expect(lines).toContain('                  number     of      rate         95 % interval');
  expect(lines).toContain('false matches          2  1,000   0.200 %    0.055 % to 0.726 %');
  expect(lines).toContain('missed matches        45  1,100   4.091 %    3.071 % to 5.430 %');
  expect(lines).toContain('pairs: precision   3,000  3,003  99.900 %  99.707 % to 99.966 %');
  expect(lines).toContain('0 (none held)        9       0      0        -                   -       0');
  expect(text).toMatch(/^sex +male +1,200 +1,000 +2 +0\.200 % /m);
  expect(text).toMatch(/^sex +not known +\*$/m);
  expect(lines).toContain('  1,001 rows stopped before linkage: type 1 opt-out 1,000, quarantined 1');
  expect(lines).toContain('  12 lines of the truth without a record, those of stopped rows among them');
  expect(lines.at(-2)).toBe('1,209 records evaluated in 1.4 s; nothing was published');
});
