import { expect, test } from 'vitest';
import {
  classifyOptOutCode,
  mayHoldOptOutCode,
  OPT_OUT_CODES,
  optOutCodes,
  readOptOutCell,
} from './opt-out-codes.ts';
import { READ_DISGUISES, SNOMED_DISGUISES, SPELLINGS } from './test-rig/spellings.ts';

test.each([
  ['read-v2', '9Nu0', 'type-1', 'registered', true],
  ['ctv3', 'XaZ89', 'type-1', 'registered', true],
  ['snomed', '827241000000103', 'type-1', 'registered', true],
  ['read-v2', '9Nu1', 'type-1', 'withdrawn', false],
  ['ctv3', 'XaZ8A', 'type-1', 'withdrawn', false],
  ['snomed', '827261000000102', 'type-1', 'withdrawn', false],
  ['read-v2', '9Nu4', 'type-2', 'registered', true],
  ['ctv3', 'XaaVL', 'type-2', 'registered', true],
  ['snomed', '881561000000100', 'type-2', 'registered', true],
  ['read-v2', '9Nu5', 'type-2', 'withdrawn', true],
  ['ctv3', 'XaaVM', 'type-2', 'withdrawn', true],
  ['snomed', '881581000000109', 'type-2', 'withdrawn', false],
] as const)('%s %s is %s %s, confirmed: %s', (system, code, type, kind, confirmed) => {
  expect(classifyOptOutCode(system, code)).toEqual({ system, code, type, kind, confirmed });
});

test('a code is recognised in any spelling, and the case of a Read code matters', () => {
  expect(classifyOptOutCode('read-v2', '9Nu0.')?.type).toBe('type-1');
  expect(classifyOptOutCode('ctv3', 'XaZ89.')?.type).toBe('type-1');
  expect(classifyOptOutCode('read-v2', '9nu0')).toBeNull();
  expect(classifyOptOutCode('ctv3', 'XAAVL')).toBeNull();
  expect(classifyOptOutCode('read-v2', '9Nu0..')?.type).toBe('type-1');
  expect(classifyOptOutCode('snomed', '827241000000103.')?.type).toBe('type-1');
  expect(classifyOptOutCode('ctv3', '9Nu0')).toBeNull();
});

test('a declared code replaces the unconfirmed one for its event, and adds to the confirmed', () => {
  const table = optOutCodes([
    { type: 'type-1', kind: 'withdrawn', system: 'read-v2', code: '9Nu9.' },
    { type: 'type-1', kind: 'registered', system: 'read-v2', code: '9NuX' },
  ]);
  expect(classifyOptOutCode('read-v2', '9Nu9', table)).toMatchObject({ kind: 'withdrawn', confirmed: true });
  expect(classifyOptOutCode('read-v2', '9Nu1', table)).toBeNull();
  expect(classifyOptOutCode('read-v2', '9NuX.', table)?.kind).toBe('registered');
  expect(classifyOptOutCode('read-v2', '9Nu0', table)?.kind).toBe('registered');
  expect(classifyOptOutCode('ctv3', 'XaZ8A', table)?.confirmed).toBe(false);
  expect(table.version).not.toBe(OPT_OUT_CODES.version);
});

test('a declared code can give a known code another meaning', () => {
  const table = optOutCodes([{ type: 'type-2', kind: 'registered', system: 'read-v2', code: '9Nu1' }]);
  expect(classifyOptOutCode('read-v2', '9Nu1', table)).toMatchObject({ type: 'type-2', kind: 'registered' });
});

test('without declarations the table is the published one', () => {
  expect(optOutCodes([])).toBe(OPT_OUT_CODES);
});

const SYSTEMS = ['read-v2', 'ctv3', 'snomed'] as const;

test('every opt-out code is read in every spelling', () => {
  for (const entry of OPT_OUT_CODES.codes) {
    for (const spell of SPELLINGS[entry.system]) {
      const written = spell(entry.code);
      expect(readOptOutCell(entry.system, written), written).toEqual(entry);
    }
  }
});

test('a cell that may be an opt-out code is unclear, never none', () => {
  for (const entry of OPT_OUT_CODES.codes) {
    const disguises = entry.system === 'snomed' ? SNOMED_DISGUISES : READ_DISGUISES;
    for (const disguise of disguises) {
      const written = disguise(entry.code);
      expect(readOptOutCell(entry.system, written), written).not.toBe('none');
    }
    for (const system of [...SYSTEMS, 'icd-10', 'local'] as const) {
      if (system === entry.system) continue;
      for (const spell of SPELLINGS[entry.system]) {
        expect(readOptOutCell(system, spell(entry.code)), spell(entry.code)).toBe('unclear');
      }
    }
  }
});

test.each([
  [
    'snomed',
    [
      '44054006',
      '44054006.0',
      '827241000000202',
      '8.28E+14',
      '8.28E+014',
      '12345',
      'H33..',
      '1827241000000103',
    ],
  ],
  ['read-v2', ['C10..', '8E14.', '9Nu2.', '9Nu01', '9Nu', 'EMISNQ12', '1371.00', '44054006']],
  ['ctv3', ['XaZ8B', 'XaaV.', 'XaaVLX', '9N...']],
] as const)('other cells of %s are none', (system, texts) => {
  for (const one of texts) expect(readOptOutCell(system, one), one).toBe('none');
});

test('a declared look-alike is none, and only in the declared spelling', () => {
  const table = optOutCodes([], [{ system: 'read-v2', code: '9NU0.' }]);
  for (const one of ['9NU0', '9NU0.', '9NU0.00']) expect(readOptOutCell('read-v2', one, table)).toBe('none');
  expect(readOptOutCell('read-v2', '9nU0.', table)).toBe('unclear');
  expect(readOptOutCell('ctv3', '9NU0.', table)).toBe('unclear');
  expect(readOptOutCell('local', '9NU0.', table)).toBe('none');
  expect(readOptOutCell('local', '9Nu0.', table)).toBe('unclear');
  expect(readOptOutCell('read-v2', '9Nu0.', table)).toMatchObject({ type: 'type-1' });
});

test('a number that looks like a damaged identifier can be declared', () => {
  const table = optOutCodes([], [{ system: 'snomed', code: '827241000000104' }]);
  for (const one of ['827241000000104', '827241000000104.0'])
    expect(readOptOutCell('snomed', one, table)).toBe('none');
  expect(readOptOutCell('snomed', '827241000000105', table)).toBe('unclear');
});

test('a look-alike of one code system excuses no code of another', () => {
  const table = optOutCodes([], [{ system: 'ctv3', code: '9Nu0.' }]);
  expect(readOptOutCell('ctv3', '9Nu0.', table)).toBe('none');
  for (const system of ['local', 'icd-10', 'snomed'] as const)
    expect(readOptOutCell(system, '9Nu0.', table)).toBe('unclear');
});

test('a supplier’s own codes are compared as a whole', () => {
  const table = optOutCodes([
    { type: 'type-1', kind: 'withdrawn', system: 'read-v2', code: 'R2_9Nu1' },
    { type: 'type-1', kind: 'registered', system: 'read-v2', code: 'R2_9Nu0' },
  ]);
  expect(readOptOutCell('read-v2', 'R2_9Nu0', table)).toMatchObject({ kind: 'registered' });
  expect(readOptOutCell('read-v2', 'R2_9Nu1', table)).toMatchObject({ kind: 'withdrawn' });
  expect(readOptOutCell('read-v2', 'R2_9Nu2', table)).toBe('none');
  expect(readOptOutCell('local', 'R2_9Nu1', table)).toBe('unclear');
  expect(readOptOutCell('read-v2', 'r2_9NUO', table)).toBe('unclear');
});

test('on a row that cannot be split into cells a code counts in any form', () => {
  for (const one of [
    '05/01/2026827241000000103',
    'x9nu0y',
    'n;8.27241E+14',
    '827 241 000 000 103',
    '"9Nu0.00',
    '05/01/2026;82724l000000103',
    'x;827241000000104;y',
    'n,9NUO.',
    '9\u039du0',
  ])
    expect(mayHoldOptOutCode(one), one).toBe(true);
  for (const one of ['p1', '05/01/2026', '53741008', 'C10..', ''])
    expect(mayHoldOptOutCode(one), one).toBe(false);
});
