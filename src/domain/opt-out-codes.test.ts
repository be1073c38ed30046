import { expect, test } from 'vitest';
import { classifyOptOutCode, OPT_OUT_CODES, optOutCodes } from './opt-out-codes.ts';

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

test('a code is taken in any spelling, and the case of a Read code matters', () => {
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
