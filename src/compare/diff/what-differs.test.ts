import { describe, expect, it } from 'vitest';
import { compareCounts } from './compare-counts.ts';
import type { ComparedRun } from './compared-run.ts';
import { whatDiffers } from './what-differs.ts';

const RUN: ComparedRun = {
  tool: { version: '1.0.0' },
  run: { name: 'nightly', id: 'r1', date: '2026-04-01' },
  agreement: 'demo-001',
  keyIds: { linkage: 'l1', release: 'r1' },
  rulesVersion: '1',
  outputs: [{ table: 'events', rows: 85 }],
  optOuts: { register: { 'type-1': 4, national: 0 }, nationalAllowed: null, coded: 2 },
  inputs: [
    { source: 'gp', table: 'patients', sha256: 'a', rows: 10 },
    { source: 'gp', table: 'events', sha256: 'b', rows: 90 },
    { source: 'acute', table: 'stays', sha256: 'c', rows: 5 },
  ],
  receipts: {
    rows: [
      { stage: 'tokenise', source: 'gp', table: 'events', rowsOut: 86, dropped: { 'type-1-opt-out': 4 } },
      { stage: 'release', source: 'gp', table: 'events', rowsOut: 85, dropped: { 'type-1-opt-out': 1 } },
    ],
    persons: {
      released: 9,
      typeTwoOptOut: 1,
      nationalOptOut: 2,
      heldBack: 3,
      metIn: { '1': 4, '2': 5, '3': 0 },
    },
    standardised: [{ source: 'gp', table: 'patients', column: 'dob', outcomes: { valid: 9, future: 1 } }],
  },
  linkage: { map: { rows: 12, sha256: 'd', optOuts: 'e', rules: { ladder: 'two-step' } } },
};
const NOTHING = {
  keys: [],
  rules: [],
  allSources: ['gp', 'acute'],
  sources: [],
  optOuts: false,
  runDate: false,
  readOtherwise: [],
};
const withRules = (rules: Readonly<Record<string, string>>): ComparedRun => ({
  ...RUN,
  linkage: { map: { ...RUN.linkage!.map!, rules } },
});

describe('what differs between two runs', () => {
  it('is nothing between a run and itself, whatever its files are called and in whatever order', () => {
    expect(whatDiffers(RUN, { ...RUN, inputs: RUN.inputs.toReversed() })).toEqual(NOTHING);
  });

  it('is a source of which a file has changed, is new or is gone', () => {
    const [patients, events, stays] = RUN.inputs as [never, never, ComparedRun['inputs'][number]];
    const changed = { ...RUN, inputs: [patients, events, { ...stays, sha256: 'z' }] };
    expect(whatDiffers(RUN, changed)).toEqual({ ...NOTHING, sources: ['acute'] });
    expect(whatDiffers(RUN, { ...RUN, inputs: [patients, stays] }).sources).toEqual(['gp']);
    const more = { ...RUN, inputs: [...RUN.inputs, { ...stays, source: 'community' }] };
    expect(whatDiffers(RUN, more)).toEqual({
      ...NOTHING,
      allSources: ['gp', 'acute', 'community'],
      sources: ['community'],
    });
  });

  it('is a rule that has another value, or is in one run only; of digests the name only', () => {
    const b = withRules({ ladder: 'own', 'match ranks': 'f'.repeat(64), untied: 'release' });
    expect(whatDiffers(RUN, { ...b, tool: { version: '1.1.0' }, rulesVersion: '2' }).rules).toEqual([
      { rule: 'version of tallystick', a: '1.0.0', b: '1.1.0' },
      { rule: 'version of the rules', a: '1', b: '2' },
      { rule: 'ladder', a: 'two-step', b: 'own' },
      { rule: 'match ranks', a: null, b: null },
      { rule: 'untied', a: null, b: 'release' },
    ]);
  });

  it('is each key by itself, and the agreement', () => {
    expect(whatDiffers(RUN, { ...RUN, keyIds: { linkage: 'l2', release: 'r1' } }).keys).toEqual([
      'linkage key',
    ]);
    const other = { ...RUN, agreement: 'other', keyIds: { linkage: 'l1', release: 'r2' } };
    expect(whatDiffers(RUN, other).keys).toEqual(['release key', 'agreement']);
  });

  it('is who has opted out', () => {
    const b = { ...RUN, linkage: { map: { ...RUN.linkage!.map!, optOuts: 'z' } } };
    expect(whatDiffers(RUN, b)).toEqual({ ...NOTHING, optOuts: true });
  });

  it('is not known of opt-outs, rules and readings where a run kept no link map', () => {
    const { linkage: _, ...unmapped } = RUN;
    const later = { ...unmapped, run: { ...RUN.run, date: '2026-04-02' }, rulesVersion: '2' };
    const other = { ...later, receipts: { ...RUN.receipts, standardised: [] } };
    expect(whatDiffers(RUN, other)).toEqual({
      ...NOTHING,
      rules: [{ rule: 'version of the rules', a: '1', b: '2' }],
      optOuts: null,
      runDate: true,
    });
    expect(whatDiffers(RUN, { ...other, rulesVersion: '1' }).readOtherwise).toEqual([]);
  });

  it('is the run date; and what it makes of the same files, unless the rules may have made it', () => {
    const later = { ...RUN, run: { ...RUN.run, date: '2026-04-02' } };
    expect(whatDiffers(RUN, later)).toEqual({ ...NOTHING, runDate: true });
    const [one] = RUN.receipts.standardised;
    const otherwise = (run: ComparedRun): ComparedRun => ({
      ...run,
      receipts: { ...run.receipts, standardised: [{ ...one!, outcomes: { valid: 10 } }] },
    });
    expect(whatDiffers(RUN, otherwise(later))).toEqual({ ...NOTHING, runDate: true, readOtherwise: ['gp'] });
    expect(whatDiffers(RUN, otherwise(RUN)).readOtherwise).toEqual([]);
    const withOther = otherwise({ ...withRules({ ladder: 'own' }), run: later.run });
    expect(whatDiffers(RUN, withOther).readOtherwise).toEqual([]);
  });
});

describe('counts', () => {
  it('are listed side by side, rows by source, and rows stopped above the boundary', () => {
    const b: ComparedRun = {
      ...RUN,
      inputs: RUN.inputs.slice(0, 2),
      outputs: [
        { table: 'events', rows: 80 },
        { table: 'stays', rows: 3 },
      ],
      optOuts: { register: null, nationalAllowed: 7, coded: 2 },
    };
    const counts = compareCounts(RUN, b);
    expect(counts.slice(0, 6)).toEqual([
      { what: 'rows read of gp', a: 100, b: 100 },
      { what: 'rows read of acute', a: 5, b: 0 },
      { what: 'rows stopped by a type 1 opt-out', a: 4, b: 4 },
      { what: 'rows released of events', a: 85, b: 80 },
      { what: 'rows released of stays', a: 0, b: 3 },
      { what: 'persons released', a: 9, b: 9 },
    ]);
    expect(counts.slice(-4)).toEqual([
      { what: 'national events in the register', a: 0, b: 0 },
      { what: 'type-1 events in the register', a: 4, b: 0 },
      { what: 'numbers that the national reply allows', a: 0, b: 7 },
      { what: 'opt-out events in the records', a: 2, b: 2 },
    ]);
  });
});
