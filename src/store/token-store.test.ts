import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStore, STORE_FILE, STORE_FORMAT_VERSION, type TokenStore, writeStore } from './token-store.ts';

const STORE: TokenStore = {
  formatVersion: STORE_FORMAT_VERSION,
  pipeline: 'tiny',
  runDate: '2026-04-01',
  rulesVersion: 1,
  linkageKeyId: 'ab'.repeat(16),
  address: 'cd'.repeat(32),
  tables: [{ source: 'acute', table: 'stays', parts: ['stays-0-cdcdcdcdcdcdcdcd.parquet'], rows: 3 }],
  optOutTokens: 'opt-outs.csv',
  optOutCounts: { register: { 'type-1': 1 }, registerUnusable: 0, nationalAllowed: null, coded: null },
  witnesses: 'witnesses.csv',
  inputs: [
    { source: 'acute', table: 'stays', file: 'stays.csv', bytes: 7, sha256: 'ef'.repeat(32), rows: 3 },
  ],
  undeclared: [],
  receipts: [],
  outcomes: [],
  quarantine: 'quarantine.csv',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a token store', () => {
  it('says again what was said of it', () => {
    writeStore(folder, STORE);
    expect(readStore(folder)).toEqual(STORE);
  });

  it('is described in a file that only its owner reads', () => {
    writeStore(folder, STORE);
    expect(statSync(join(folder, STORE_FILE)).mode & 0o777).toBe(0o600);
  });

  it('that is not there is a fault of the environment', () => {
    const missing = expect.objectContaining({ exitCode: 3 });
    expect(() => readStore(join(folder, 'gone'))).toThrow(missing);
    expect(() => readStore(folder)).toThrow(/there is no token store here/);
  });

  it('that is cut short is refused', () => {
    writeStore(folder, STORE);
    const text = readFileSync(join(folder, STORE_FILE), 'utf8');
    writeFileSync(join(folder, STORE_FILE), text.slice(0, 100));
    expect(() => readStore(folder)).toThrow(expect.objectContaining({ exitCode: 1 }));
    expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
  });

  it.each(['null', '[]', '"store"', '7'])('that holds %s is refused', (text) => {
    writeFileSync(join(folder, STORE_FILE), text);
    expect(() => readStore(folder)).toThrow(expect.objectContaining({ exitCode: 1 }));
  });

  it('of another format version is refused, with both versions', () => {
    writeFileSync(join(folder, STORE_FILE), JSON.stringify({ ...STORE, formatVersion: 99 }));
    expect(() => readStore(folder)).toThrow(`is of format version 99, not ${STORE_FORMAT_VERSION}`);
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'a/b.parquet', '..', ''])(
    'whose part leads elsewhere is refused: %j',
    (part) => {
      const [table] = STORE.tables;
      writeStore(folder, { ...STORE, tables: [{ ...table!, parts: [part] }] });
      expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
      writeStore(folder, { ...STORE, quarantine: part });
      expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
    },
  );
});
