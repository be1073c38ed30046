/** The cheap filters let every cell through of which the rule of the domain makes something. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  OPT_OUT_CODES,
  type OptOutCodeTable,
  optOutCodes,
  readOptOutCell,
} from '../../domain/opt-out-codes.ts';
import { damagedIdentifiers } from '../../domain/test-rig/damaged-identifiers.ts';
import {
  READ_DAMAGES,
  SNOMED_DAMAGES,
  SNOMED_DISGUISES,
  SPELLINGS,
} from '../../domain/test-rig/spellings.ts';
import { mayBeNumberSql, mayBeReadCodeSql } from './opt-out-queries.ts';
import { heldBack } from './test-rig/held-back.ts';

const CODES = OPT_OUT_CODES.codes.flatMap(({ system, code }) => (system === 'snomed' ? [] : [code]));
const CHARACTERS = [
  ' ',
  '.',
  '-',
  '_',
  '/',
  ':',
  '~',
  '\t',
  '0',
  'a',
  'X',
  '9',
  '\u00a0',
  '\uff10',
  '\u0660',
];

/** Codes with up to two characters put in, in any case, and with a term behind them. */
const nearMiss = fc
  .tuple(
    fc.constantFrom(...CODES),
    fc.array(fc.tuple(fc.nat(6), fc.constantFrom(...CHARACTERS)), { maxLength: 2 }),
    fc.constantFrom('', '.', '00', '11'),
    fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toLowerCase(),
      (text: string) => text.toUpperCase(),
    ),
  )
  .map(([code, added, term, change]) =>
    change(added.reduce((text, [at, put]) => text.slice(0, at) + put + text.slice(at), code) + term),
  );

test('no spelling of an opt-out code is taken for a plain Read code', async () => {
  const separated = CODES.flatMap((code) =>
    [...code].flatMap((_, at) => CHARACTERS.map((put) => code.slice(0, at) + put + code.slice(at))),
  );
  const damaged = CODES.flatMap((code) =>
    [...READ_DAMAGES, ...SPELLINGS['read-v2']].flatMap((damage) => [
      damage(code),
      `${damage(code)}.`,
      `${damage(code)}00`,
    ]),
  );
  const cells = [...new Set([...separated, ...damaged, ...fc.sample(nearMiss, 3000)])];
  const plain = await heldBack(cells, mayBeReadCodeSql('cell', OPT_OUT_CODES));
  const lost = plain.filter((cell) =>
    (['read-v2', 'ctv3'] as const).some((system) => readOptOutCell(system, cell) !== 'none'),
  );
  expect(lost).toEqual([]);
  expect(plain.length).toBeGreaterThan(0);
});

test('letters for the digits of a declared Read code are let through at any place', async () => {
  const table = optOutCodes([{ type: 'type-1', kind: 'registered', system: 'read-v2', code: '10aI.' }]);
  const cells = ['l0aI.', '1OaI.', 'iOAi', '10\u0430I', '1\u039faI', 'IOAI.00', '1', '2OaI.'];
  expect(await heldBack(cells, mayBeReadCodeSql('cell', table))).toEqual(['1', '2OaI.']);
});

/** Identifiers of an opt-out, spelled, in a disguise or damaged, in every way that is known. */
function written(table: OptOutCodeTable): string[] {
  const identifiers = table.codes.flatMap(({ system, code }) => (system === 'snomed' ? [code] : []));
  return identifiers.flatMap((code) => {
    const damaged = [...damagedIdentifiers(code), ...SNOMED_DAMAGES.map((damage) => damage(code))];
    const spelled = [code, ...damaged].flatMap((one) => [
      one,
      ...SPELLINGS.snomed.map((spell) => spell(one)),
    ]);
    const within = ['1', '12', '123', '99', '1234'].flatMap((put) => [
      `${put}${code}`,
      `${code}${put}`,
      `7${code}${put}`,
    ]);
    return [...spelled, ...within, ...SNOMED_DISGUISES.map((disguise) => disguise(code))];
  });
}

test.each([
  ['as published', OPT_OUT_CODES],
  [
    'with codes of six and of eighteen digits',
    optOutCodes([
      { type: 'type-1', kind: 'registered', system: 'snomed', code: '101009' },
      { type: 'type-2', kind: 'registered', system: 'snomed', code: '999999991000000102' },
    ]),
  ],
])('no damaged identifier is taken for a plain one: codes %s', async (_, table) => {
  const cells = [...new Set([...written(table), '44054006', '73211009', '999'])];
  const plain = await heldBack(cells, mayBeNumberSql('number', table));
  expect(plain.filter((cell) => readOptOutCell('snomed', cell, table) !== 'none')).toEqual([]);
  expect(plain).toEqual(expect.arrayContaining(['44054006', '73211009', '999']));
});
