import { describe, expect, it } from 'vitest';
import type { RunDifference } from '../diff/findings.ts';
import { diffReport } from './diff-report.ts';

const DIFFERENCE: RunDifference = {
  a: { name: 'nightly', id: 'r1', date: '2026-04-01' },
  b: { name: 'nightly', id: 'r2', date: '2026-04-02' },
  differs: {
    keys: [],
    rules: [
      { rule: 'ladder', a: 'two-step', b: 'eight-step' },
      { rule: 'match ranks', a: null, b: null },
      { rule: 'untied', a: null, b: 'release' },
    ],
    allSources: ['gp', 'acute'],
    sources: ['gp'],
    optOuts: true,
    runDate: true,
    readOtherwise: ['acute'],
  },
  counts: [
    { what: 'persons released', a: 1_200, b: 199 },
    { what: 'persons held back', a: 3, b: 4 },
    { what: 'rows read of gp', a: 7, b: 7 },
  ],
  findings: {
    totals: { new: 0, gone: 1_001, split: 0, merged: 0, moved: 2 },
    persons: [
      { finding: 'gone', cause: 'opt-out', which: 'national-opt-out', persons: 1_001, subjects: 1_002 },
      { finding: 'moved', cause: 'own-records', which: 'gp', persons: 2, subjects: 3 },
    ],
    subjects: [
      { finding: 'withheld', source: 'gp', cause: 'opt-out', which: 'national-opt-out', subjects: 1_002 },
      { finding: 'moved', source: 'acute', cause: 'unexplained', which: null, subjects: 3 },
    ],
    ranks: [
      { a: 0, b: 0, subjects: 5 },
      { a: 8, b: 1, subjects: 1_234 },
      { a: 8, b: 10, subjects: 1 },
    ],
    unexplained: 1,
  },
};

describe('the report of a comparison', () => {
  it('says what differs, what came of it, and why', () => {
    expect(diffReport(DIFFERENCE)).toBe(`A: nightly for 2026-04-01, run r1
B: nightly for 2026-04-02, run r2

differs in what the runs were made from:
  ladder: two-step, now eight-step
  match ranks
  untied: not in A, now release
  the files of gp
  who has opted out
  the run date
  what the same files of acute say on the other date

                       A    B   B - A
persons released   1,200  199  -1,001
persons held back      3    4      +1
rows read of gp        7    7

persons: new 0, gone 1,001, split 0, merged 0, moved 2

persons  number  subjects  cause
gone      1,001     1,002  an opt-out: national
moved         2         3  the source changed: gp

subjects  source  number  cause
withheld  gp       1,002  an opt-out: national
moved     acute        3  none: a fault

match rank  B 0    B 1  B 10
A 0           5
A 8              1,234     1

1 finding has no cause: this is a fault, please report it
`);
  });

  it('says that a key changed, and compares the counts', () => {
    const { differs } = DIFFERENCE;
    const keyed = { ...DIFFERENCE, differs: { ...differs, keys: ['release key'] as const }, findings: null };
    const text = diffReport(keyed);
    expect(text).toContain('\n  the release key\n');
    expect(text).toContain('\npersons released   1,200  199  -1,001\n');
    expect(text).toMatch(
      /the release key changed: pseudonyms of A and B cannot be compared, so only these counts were\n$/,
    );
  });
});
