import { describe, expect, it } from 'vitest';
import { manifestText, type RunManifest } from './run-manifest.ts';

const sha256 = 'a'.repeat(64);
const MANIFEST: RunManifest = {
  formatVersion: 1,
  tool: { name: 'tallystick', version: '0.1.0' },
  run: { name: 'nightly', id: '2025-01-02', date: '2025-01-02' },
  agreement: 'demo-001',
  keyIds: { linkage: 'k1', release: 'k2' },
  rulesVersion: '1',
  inputs: [{ source: 'gp', table: 'patients', file: '../gp/patients.csv', bytes: 10, sha256, rows: 2 }],
  outputs: [
    {
      table: 'persons',
      file: 'persons.arrow',
      rows: 2,
      bytes: 100,
      sha256,
      columns: [{ name: 'id', type: 'utf8', role: 'pseudonym', rule: 'hash', source: 'link' }],
    },
  ],
  papers: [{ file: 'quarantine.csv', bytes: 27, sha256 }],
  receipts: [{ stage: 'extract', rowsIn: 2, dropped: { b: 0, a: 1 } }],
  optOuts: { persons: 0 },
  linkage: { implausible: null },
  gates: [{ name: 'balance', passed: true }],
};

/** The same value, with every object's keys the other way round. */
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
  it('is the same text whatever order the keys came in', () => {
    expect(manifestText(reversed(MANIFEST) as RunManifest)).toBe(manifestText(MANIFEST));
  });

  it('begins with what it is, is indented by two spaces and ends in a newline', () => {
    const text = manifestText(MANIFEST);
    expect(text.startsWith('{\n  "formatVersion": 1,\n  "tool": {\n    "name": "tallystick",')).toBe(true);
    expect(text.endsWith('  ]\n}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual(MANIFEST);
    expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(MANIFEST));
    expect(Object.keys(JSON.parse(text).receipts[0])).toEqual(['dropped', 'rowsIn', 'stage']);
  });

  it.each(['/home/ann/patients.csv', 'C:\\data\\patients.csv'])(
    'refuses the path of a machine: %s',
    (file) => {
      const inputs = [{ ...MANIFEST.inputs[0]!, file }];
      expect(() => manifestText({ ...MANIFEST, inputs })).toThrow('is an absolute path');
    },
  );
});
