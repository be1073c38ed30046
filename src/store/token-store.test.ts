import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyRing } from '../keys/key-ring.ts';
import { StoreKey } from '../keys/store-key.ts';
import {
  readStore,
  STORE_FILE,
  STORE_FORMAT_VERSION,
  type StoreDescription,
  writeStore,
} from './token-store.ts';

const KEY = new StoreKey(new KeyRing(Buffer.from('an example of a linkage key, ...')));
const PART = 'stays-0-cdcdcdcdcdcdcdcd.arrow';
const SUBJECTS = 'subjects-of-acute-cdcdcdcdcdcdcdcd.arrow';
const some = (rows: number) => ({ bytes: 7, sha256: 'ef'.repeat(32), rows });
const STORE: StoreDescription = {
  formatVersion: STORE_FORMAT_VERSION,
  pipeline: 'tiny',
  runDate: '2026-04-01',
  rulesVersion: 1,
  linkageKeyId: 'ab'.repeat(16),
  address: 'cd'.repeat(32),
  settings: { synthetic: '0123456789abcdef' },
  lists: {},
  tables: [{ source: 'acute', table: 'stays', parts: [PART], rows: 3, columns: ['token subject'] }],
  subjects: [{ source: 'acute', part: SUBJECTS, rows: 2 }],
  optOutTokens: 'opt-outs.csv',
  optOutCounts: { register: { 'type-1': 1 }, nationalAllowed: null, coded: null },
  witnesses: 'witnesses.csv',
  inputs: [
    { source: 'acute', table: 'stays', file: 'stays.csv', bytes: 7, sha256: 'ef'.repeat(32), rows: 3 },
  ],
  undeclared: [],
  warnings: [],
  receipts: [],
  outcomes: [],
  quarantine: 'quarantine.csv',
  files: {
    [PART]: some(3),
    [SUBJECTS]: some(2),
    'opt-outs.csv': some(1),
    'quarantine.csv': some(0),
    'witnesses.csv': some(0),
  },
};
const REFUSED = expect.objectContaining({ exitCode: 1 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => join(folder, STORE_FILE);
const written = () => {
  writeStore(folder, STORE, KEY);
  return readFileSync(file(), 'utf8');
};

describe('a token store', () => {
  it('is read back as it was written, with the key that signed it', () => {
    written();
    expect(readStore(folder)).toEqual({
      ...STORE,
      storeKeyId: KEY.id,
      publicKey: KEY.publicKey,
      signature: expect.stringMatching(/^[0-9a-f]{128}$/),
    });
  });

  it('has a description that only its owner can read', () => {
    written();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('that does not exist is a fault of the environment', () => {
    const missing = expect.objectContaining({ exitCode: 3 });
    expect(() => readStore(join(folder, 'gone'))).toThrow(missing);
    expect(() => readStore(folder)).toThrow(/there is no token store here/);
  });

  it('that is cut short is refused', () => {
    writeFileSync(file(), written().slice(0, 100));
    expect(() => readStore(folder)).toThrow(REFUSED);
    expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
  });

  it.each(['null', '[]', '"store"', '7', ''])('that holds %j is refused', (text) => {
    writeFileSync(file(), text);
    expect(() => readStore(folder)).toThrow(REFUSED);
  });

  it('of another format version is refused, with both versions', () => {
    writeFileSync(file(), JSON.stringify({ ...STORE, formatVersion: 99 }));
    expect(() => readStore(folder)).toThrow(`is of format version 99, not ${STORE_FORMAT_VERSION}`);
  });

  it('of the version before this one, whose rows have tokens instead of numbers, is refused, and the way out is to tokenise again', () => {
    writeFileSync(file(), written().replace('"formatVersion": 4', '"formatVersion": 3'));
    expect(() => readStore(folder)).toThrow(REFUSED);
    expect(() => readStore(folder)).toThrow(
      /store\.json: is of format version 3, not 4 or 5\n {4}tokenise again with this version of tallystick/,
    );
  });

  it('is refused when any byte of its description differs', () => {
    const bytes = Buffer.from(written());
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const changed = Buffer.from(bytes);
        changed[index]! ^= change;
        writeFileSync(file(), changed);
        expect(() => readStore(folder)).toThrow(REFUSED);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused when its description is formatted differently, such as without line ends', () => {
    writeFileSync(file(), JSON.stringify(JSON.parse(written())));
    expect(() => readStore(folder)).toThrow(/is not what the provider signed/);
  });

  it('is refused without a signature, and with that of another key', () => {
    const { signature, ...unsigned } = JSON.parse(written()) as Record<string, unknown>;
    writeFileSync(file(), `${JSON.stringify(unsigned, null, 2)}\n`);
    expect(() => readStore(folder)).toThrow(/is not what the provider signed/);
    const other = new StoreKey(new KeyRing(Buffer.from('an example of another key, .....')));
    for (const forged of [{ publicKey: other.publicKey }, { storeKeyId: other.id }]) {
      writeFileSync(file(), `${JSON.stringify({ ...unsigned, ...forged, signature }, null, 2)}\n`);
      expect(() => readStore(folder)).toThrow(/is not what the provider signed/);
    }
  });

  it('signed by another key has the key id of that key, which a forger cannot avoid', () => {
    const other = new StoreKey(new KeyRing(Buffer.from('an example of another key, .....')));
    writeStore(folder, STORE, other);
    expect(readStore(folder).storeKeyId).toBe(other.id);
    expect(other.id).not.toBe(KEY.id);
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'a/b.arrow', '..', '', STORE_FILE])(
    'with a file name that leads out of the folder is refused: %j',
    (name) => {
      const [table] = STORE.tables;
      const files = { ...STORE.files, [name]: some(3) };
      writeStore(folder, { ...STORE, tables: [{ ...table!, parts: [name] }], files }, KEY);
      expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
      writeStore(folder, { ...STORE, quarantine: name, files }, KEY);
      expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
      writeStore(folder, { ...STORE, files }, KEY);
      expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
    },
  );

  it('that names a file without a digest, or one file for two purposes, is refused', () => {
    writeStore(folder, { ...STORE, busyTuples: 'busy-postcodes.csv' }, KEY);
    expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
    writeStore(folder, { ...STORE, quarantine: 'opt-outs.csv' }, KEY);
    expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
  });

  it('whose parts do not have the rows of the table is refused', () => {
    const [table] = STORE.tables;
    writeStore(folder, { ...STORE, tables: [{ ...table!, rows: 4 }] }, KEY);
    expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
  });

  it('that does not have the subjects of each source once, each with a row, is refused', () => {
    const [one] = STORE.subjects;
    const other = 'subjects-of-other-cdcdcdcdcdcdcdcd.arrow';
    const files = { ...STORE.files, [other]: some(2) };
    const wrong: readonly Partial<StoreDescription>[] = [
      { subjects: [] },
      { subjects: [{ ...one!, rows: 3 }] },
      { subjects: [{ ...one!, source: 'other' }] },
      { files, subjects: [one!, { ...one!, part: other }] },
      { files, subjects: [one!, { ...one!, part: other, source: 'other' }] },
      { subjects: null as never },
    ];
    for (const change of wrong) {
      writeStore(folder, { ...STORE, ...change }, KEY);
      expect(() => readStore(folder)).toThrow(/store\.json: is damaged/);
    }
  });
});
