import { describe, expect, it } from 'vitest';
import { type OperatorRecord, recordText } from './operator-record.ts';
import { manifestText, type RunManifest } from './run-manifest.ts';

const sha256 = 'a'.repeat(64);
const MANIFEST: RunManifest = {
  formatVersion: 2,
  tool: { name: 'tallystick', version: '0.1.0' },
  run: { name: 'nightly', id: '2025-01-02', date: '2025-01-02' },
  agreement: 'demo-001',
  keyIds: { linkage: 'k1', release: 'k2' },
  rulesVersion: '1',
  outputs: [
    {
      table: 'persons',
      file: 'persons.arrow',
      bytes: 100,
      sha256,
      columns: [{ name: 'id', type: 'utf8', role: 'pseudonym', rule: 'hash', source: 'link' }],
    },
  ],
  papers: [{ file: 'data-dictionary.md', bytes: 27, sha256 }],
  gates: [{ gate: 'receipts' }],
};

const RECORD: OperatorRecord = {
  formatVersion: 1,
  run: MANIFEST.run,
  manifest: { bytes: 10, sha256 },
  pipeline: { sha256 },
  lists: { canaries: 'c'.repeat(32) },
  settings: { synthetic: 'true' },
  inputs: [{ source: 'gp', table: 'patients', file: '../gp/patients.csv', bytes: 10, sha256, rows: 2 }],
  outputs: [{ table: 'persons', rows: 2 }],
  papers: [{ file: 'quarantine.csv', bytes: 27, sha256 }],
  receipts: {
    rows: [
      {
        stage: 'tokenise',
        source: 'gp',
        table: 'patients',
        rowsIn: 2,
        rowsOut: 1,
        dropped: { quarantined: 0, orphan: 1 },
      },
    ],
    persons: {
      released: 1,
      typeTwoOptOut: 0,
      nationalOptOut: 0,
      heldBack: 0,
      metIn: { '1': 1, '2': 0, '3': 0 },
    },
    standardised: [],
  },
  optOuts: { register: null, nationalAllowed: null, coded: null },
  linkage: { implausible: null },
  gates: [{ gate: 'receipts', looked: 1 }],
};

/** The same value, with the keys of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

describe('manifest.json', () => {
  it('is the same text for any order of keys', () => {
    expect(manifestText(reversed(MANIFEST) as RunManifest)).toBe(manifestText(MANIFEST));
    expect(recordText(reversed(RECORD) as OperatorRecord)).toBe(recordText(RECORD));
    expect(Object.keys(JSON.parse(recordText(RECORD)))).toEqual(Object.keys(RECORD));
    const [row] = (JSON.parse(recordText(RECORD)) as OperatorRecord).receipts.rows;
    expect(Object.keys(row!)).toEqual(['stage', 'source', 'table', 'rowsIn', 'rowsOut', 'dropped']);
    expect(Object.keys(row!.dropped)).toEqual(['orphan', 'quarantined']);
  });

  it('begins with its format, is indented by two spaces and ends in a newline', () => {
    const text = manifestText(MANIFEST);
    expect(text.startsWith('{\n  "formatVersion": 2,\n  "tool": {\n    "name": "tallystick",')).toBe(true);
    expect(text.endsWith('  ]\n}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual(MANIFEST);
    expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(MANIFEST));
  });

  it.each(['/home/ann/patients.csv', 'C:\\data\\patients.csv'])('refuses an absolute path: %s', (file) => {
    const papers = [{ ...MANIFEST.papers[0]!, file }];
    expect(() => manifestText({ ...MANIFEST, papers })).toThrow('is an absolute path');
    const inputs = [{ ...RECORD.inputs[0]!, file }];
    expect(() => recordText({ ...RECORD, inputs })).toThrow('is an absolute path');
  });
});
