import { describe, expect, it } from 'vitest';
import { compareRelease } from './compare-release.ts';
import type { ComparedColumn, ComparedManifest, ComparedRecord, ComparedRelease } from './compared-run.ts';

const DAY: ComparedColumn = {
  name: 'day',
  type: 'date',
  role: 'date',
  rule: 'month',
  source: 'gp.events.day',
};
const CODE: ComparedColumn = { ...DAY, name: 'code', type: 'utf8', role: 'code', rule: 'keep' };
const MANIFEST: ComparedManifest = {
  tool: { version: '1.0.0' },
  run: { name: 'nightly', id: 'r1', date: '2026-04-01' },
  agreement: 'demo-001',
  keyIds: { linkage: 'l1', release: 'r1', store: 's1' },
  rulesVersion: '1',
  outputs: [{ table: 'events', columns: [DAY, CODE] }],
};
const RECORD: ComparedRecord & { readonly lists: object } = {
  pipeline: { sha256: '1'.repeat(64) },
  lists: { 'release.sensitiveCodes': 'a', 'link.ignorePostcodes': 'b', canaries: 'c' },
  settings: { 'optOuts.register': 'at most 7 days old' },
  outputs: [{ table: 'events', rows: 5 }],
  optOuts: {
    register: null,
    nationalAllowed: null,
    coded: null,
    waived: [{ what: 'type 2 opt-outs', reason: 'none known' }],
  },
  inputs: [],
  receipts: {
    rows: [],
    persons: { released: 0, typeTwoOptOut: 0, nationalOptOut: 0, heldBack: 0, metIn: { 1: 0, 2: 0, 3: 0 } },
    standardised: [],
  },
};
const RELEASE: ComparedRelease = { manifest: MANIFEST, record: RECORD };

const withManifest = (more: Partial<ComparedManifest>) =>
  compareRelease(RELEASE, { ...RELEASE, manifest: { ...MANIFEST, ...more } });
const withColumns = (...columns: ComparedColumn[]) =>
  withManifest({ outputs: [{ table: 'events', columns }] });
const withRecord = (more: Partial<ComparedRecord>) =>
  compareRelease(RELEASE, { ...RELEASE, record: { ...RECORD, ...more } });
const only = (what: string, which: string | null, a: string | null, b: string | null) => ({
  changes: [{ what, which, a, b }],
  notCompared: [],
});

describe('what differs between two releases', () => {
  it('is nothing between a release and itself', () => {
    expect(compareRelease(RELEASE, structuredClone(RELEASE))).toEqual({ changes: [], notCompared: [] });
  });

  it.each(['rule', 'type', 'role', 'source'] as const)('is another %s of a column', (facet) => {
    expect(withColumns({ ...DAY, [facet]: 'other' }, CODE)).toEqual(
      only(facet, 'events.day', DAY[facet], 'other'),
    );
  });

  it('is a column that is new, gone, or in another place', () => {
    const unit = { ...CODE, name: 'unit' };
    expect(withColumns(DAY, unit, CODE)).toEqual(only('column', 'events.unit', null, 'utf8, code, keep'));
    expect(withColumns(CODE)).toEqual(only('column', 'events.day', 'date, date, month', null));
    expect(withColumns(CODE, DAY)).toEqual(only('order of columns', 'events', 'day, code', 'code, day'));
  });

  it('is a table that is new or gone', () => {
    const stays = { table: 'stays', columns: [DAY] };
    expect(withManifest({ outputs: [...MANIFEST.outputs, stays] })).toEqual(
      only('table', 'stays', null, 'day'),
    );
    expect(withManifest({ outputs: [] })).toEqual(only('table', 'events', 'day, code', null));
  });

  it('is the pipeline’s name, the agreement, a key by its id, or a version', () => {
    expect(withManifest({ run: { ...MANIFEST.run, name: 'weekly' } })).toEqual(
      only('pipeline', null, 'nightly', 'weekly'),
    );
    expect(withManifest({ agreement: 'demo-002' })).toEqual(only('agreement', null, 'demo-001', 'demo-002'));
    expect(withManifest({ recipient: 'the institute' })).toEqual(
      only('recipient', null, null, 'the institute'),
    );
    const keyIds = { ...MANIFEST.keyIds, release: 'r2' };
    expect(withManifest({ keyIds })).toEqual(only('release key', null, 'r1', 'r2'));
    const unstored = { linkage: 'l1', release: 'r1' };
    expect(withManifest({ keyIds: unstored })).toEqual(only('store key', null, 's1', null));
    expect(withManifest({ tool: { version: '2.0.0' } })).toEqual(
      only('version of tallystick', null, '1.0.0', '2.0.0'),
    );
    expect(withManifest({ rulesVersion: '2' })).toEqual(only('version of the rules', null, '1', '2'));
  });

  it('is not the run’s id or date', () => {
    const run = { ...MANIFEST.run, id: 'r2', date: '2026-04-02' };
    expect(withManifest({ run })).toEqual({ changes: [], notCompared: [] });
  });

  it('is the pipeline file, a list, a setting or a waiver', () => {
    const sha256 = '2'.repeat(64);
    expect(withRecord({ pipeline: { sha256 } })).toEqual(only('pipeline file', null, '1'.repeat(64), sha256));
    expect(withRecord({ lists: { ...RECORD.lists, canaries: 'z' } })).toEqual(
      only('list', 'canaries', 'c', 'z'),
    );
    expect(withRecord({ lists: { ...RECORD.lists, 'optOuts.lookAlikes': 'z' } })).toEqual(
      only('list', 'optOuts.lookAlikes', null, 'z'),
    );
    expect(withRecord({ settings: { 'optOuts.register': 'none' } })).toEqual(
      only('setting', 'optOuts.register', 'at most 7 days old', 'none'),
    );
    const waived = [{ what: 'type 2 opt-outs', reason: 'another' }];
    expect(withRecord({ optOuts: { ...RECORD.optOuts, waived } })).toEqual(
      only('waiver', 'type 2 opt-outs', 'none known', 'another'),
    );
    expect(withRecord({ optOuts: { ...RECORD.optOuts, waived: [] } })).toEqual(
      only('waiver', 'type 2 opt-outs', 'none known', null),
    );
  });
});

describe('what cannot be compared', () => {
  it('is whether a list is another whose digests are of two keys; that it is new or gone shows', () => {
    const keyed = (key: 'linkage' | 'release', lists: Readonly<Record<string, string>>) =>
      compareRelease(RELEASE, {
        manifest: { ...MANIFEST, keyIds: { ...MANIFEST.keyIds, [key]: 'other' } },
        record: { ...RECORD, lists },
      });
    const all = { 'release.sensitiveCodes': 'x', 'link.ignorePostcodes': 'y', canaries: 'z' };
    const under = (key: 'linkage' | 'release') => {
      const { changes, notCompared } = keyed(key, all);
      const lists = changes.filter(({ what }) => what === 'list').map(({ which }) => which);
      return [lists, notCompared.map(({ what }) => what)];
    };
    expect(under('linkage')).toEqual([
      ['release.sensitiveCodes', 'canaries'],
      ['the list link.ignorePostcodes'],
    ]);
    expect(under('release')).toEqual([
      ['release.sensitiveCodes', 'link.ignorePostcodes'],
      ['the list canaries'],
    ]);
    expect(keyed('linkage', {}).changes.filter(({ what }) => what === 'list')).toHaveLength(3);
  });

  it('is what keyed digests mean under another version of the rules', () => {
    const { changes, notCompared } = compareRelease(RELEASE, {
      manifest: { ...MANIFEST, rulesVersion: '2' },
      record: { ...RECORD, lists: { ...RECORD.lists, canaries: 'z' } },
    });
    expect(changes.map(({ what }) => what)).toEqual(['version of the rules']);
    expect(notCompared.map(({ what }) => what)).toEqual(['the list canaries']);
  });

  it('is what is in a record that is not at hand: the manifests are compared', () => {
    const b = { manifest: { ...MANIFEST, agreement: 'demo-002' }, record: null };
    expect(compareRelease(RELEASE, b)).toEqual({
      changes: [{ what: 'agreement', which: null, a: 'demo-001', b: 'demo-002' }],
      notCompared: [
        { what: expect.stringContaining('lists'), why: 'the operator’s record of B is not at hand' },
      ],
    });
    expect(compareRelease(b, b).notCompared[0]!.why).toContain('of A and B is');
  });

  it('is what an earlier version did not record', () => {
    const { lists: _, settings: __, pipeline: ___, ...earlier } = RECORD;
    const { changes, notCompared } = compareRelease({ ...RELEASE, record: earlier }, RELEASE);
    expect(changes).toEqual([]);
    expect(notCompared.map(({ what }) => what)).toEqual(['the pipeline file', 'lists', 'settings']);
    expect(notCompared[0]!.why).toContain('made A,');
  });
});
