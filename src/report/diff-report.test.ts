import { describe, expect, it } from 'vitest';
import type { RunDifference } from '../compare/diff/findings.ts';
import type { WhatDiffers } from '../compare/diff/what-differs.ts';
import { diffReport } from './diff-report.ts';

const DIFFERENCE: RunDifference & { readonly differs: WhatDiffers } = {
  a: { name: 'nightly', id: 'r1', date: '2026-04-01' },
  b: { name: 'nightly', id: 'r2', date: '2026-04-02' },
  release: {
    changes: [
      { what: 'agreement', which: null, a: 'demo-001', b: 'demo-002' },
      { what: 'store key', which: null, a: null, b: '0123456789abcdef' },
      { what: 'rule', which: 'persons.date_of_death', a: 'month', b: 'keep' },
      { what: 'column', which: 'persons.area', a: null, b: 'utf8, area, keep' },
      { what: 'table', which: 'stays', a: 'person, day', b: null },
      { what: 'pipeline file', which: null, a: '1'.repeat(64), b: '2'.repeat(64) },
      { what: 'list', which: 'release.sensitiveCodes', a: '3'.repeat(64), b: '4'.repeat(64) },
      { what: 'list', which: 'canaries', a: null, b: '5'.repeat(32) },
      { what: 'setting', which: 'link.ranks', a: 'two-step', b: '6'.repeat(64) },
    ],
    notCompared: [{ what: 'the list optOuts.register', why: 'the key changed' }],
  },
  missing: [],
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
  it('lists the differences, their effects on persons, and the causes', () => {
    expect(diffReport(DIFFERENCE)).toBe(`A: nightly for 2026-04-01, run r1
B: nightly for 2026-04-02, run r2

differs in the release:
  agreement: demo-001, now demo-002
  store key: not in A, now 0123456789abcdef
  rule persons.date_of_death: month, now keep
  column persons.area is new: utf8, area, keep
  table stays was removed: person, day
  pipeline file differs
  list release.sensitiveCodes differs
  list canaries is new
  setting link.ranks: two-step, now other
not compared:
  the list optOuts.register: the key changed

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

  it('says why persons are not compared, what is missing, and that the rest does not differ', () => {
    const missing = [{ file: 'out/b', message: 'this run kept no link map', wayOut: 'keep it' }];
    const unknown = { what: 'lists', why: 'not at hand' };
    const release = { changes: [], notCompared: [unknown] };
    const without = { ...DIFFERENCE, release, differs: null, counts: [], findings: null, missing };
    expect(diffReport(without)).toBe(`A: nightly for 2026-04-01, run r1
B: nightly for 2026-04-02, run r2

nothing differs in the release, as far as compared
not compared:
  lists: not at hand

persons were not compared:
  out/b: this run kept no link map
    keep it
`);
    const differs = {
      ...DIFFERENCE.differs,
      rules: [],
      sources: [],
      optOuts: null,
      runDate: false,
      readOtherwise: [],
    };
    expect(diffReport({ ...without, release: { changes: [], notCompared: [] }, differs })).toContain(
      '\nnothing differs in the release\n\nnothing differs in what the runs were made from, as far as is known without a link map of both\n',
    );
  });

  it('names the key that changed, and compares the counts', () => {
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
