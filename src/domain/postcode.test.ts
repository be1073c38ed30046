import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { POSTCODE_CHARACTERS, standardisePostcode } from './postcode.ts';
import { classifyPostcode } from './postcode-class.ts';

const { digit, tens, firstLetter, secondLetter, outwardEnd, inwardLetter } = POSTCODE_CHARACTERS;
const one = (characters: string) => fc.constantFrom(...characters);
const inward = fc.tuple(one(digit), one(inwardLetter), one(inwardLetter)).map((parts) => parts.join(''));
const outward = fc
  .tuple(
    one(firstLetter),
    fc.oneof(fc.constant(''), one(secondLetter)),
    fc.oneof(fc.tuple(one(tens), one(`${digit}${outwardEnd}`)), fc.tuple(fc.constant('0'), one(outwardEnd))),
  )
  .map(([first, second, [third, fourth]]) => [first, second, third, fourth])
  .chain((parts) => fc.constantFrom(parts.join(''), parts.slice(0, 3).join('')));

test.each([
  ['M1 1AE', 'M11AE'],
  ['M60 1NW', 'M601NW'],
  ['CR2 6XH', 'CR26XH'],
  ['DN55 1PT', 'DN551PT'],
  ['W1A 1HQ', 'W1A1HQ'],
  ['EC1A 1BB', 'EC1A1BB'],
  ['GIR 0AA', 'GIR0AA'],
  ['SW1A2AA', 'SW1A2AA'],
  ['sw1a 2aa', 'SW1A2AA'],
  ['M1  1AE', 'M11AE'],
  ['M1   1AE', 'M11AE'],
  ['M60  1NW', 'M601NW'],
  ['DN551PT', 'DN551PT'],
  ['M1_1AE', 'M11AE'],
  ['M1__1AE', 'M11AE'],
  ['  SW1A 2AA\u00a0', 'SW1A2AA'],
  ['BF1 2AT', 'BF12AT'],
  ['W1N 4BB', 'W1N4BB'],
])('%j is valid: %s', (text, value) => {
  expect(standardisePostcode(text)).toEqual({ value, outcome: 'valid' });
});

test.each([
  ['M1 IAE', 'M11AE'],
  ['M1 OAE', 'M10AE'],
  ['MI 1AE', 'M11AE'],
  ['M6O 1NW', 'M601NW'],
  ['0X1 1AA', 'OX11AA'],
  ['E1I 1AA', 'E111AA'],
  ['EC1I 1BB', 'EC111BB'],
  ['SWIA 2AA', 'SW1A2AA'],
  ['PO1 oaa', 'PO10AA'],
  ['1P1 1AA', 'IP11AA'],
  ['GIR OAA', 'GIR0AA'],
  ['AI2 1AA', 'A121AA'],
  // no district has two digits of which the first is 0
  ['S01 9BP', 'SO19BP'],
  ['POI 3FE', 'PO13FE'],
  ['P01 3FE', 'PO13FE'],
  ['C0I 1AA', 'CO11AA'],
  ['0XI 1AA', 'OX11AA'],
  ['Y0I0 1AA', 'YO101AA'],
  ['YOIO 1AA', 'YO101AA'],
  ['Y024 1AA', 'YO241AA'],
  ['S014 2AA', 'SO142AA'],
  ['S0I4 2AA', 'SO142AA'],
  ['SOO 1AA', 'SO01AA'],
  ['0O1 1AA', 'OO11AA'],
  ['CRO 1AA', 'CR01AA'],
])('%j can be read in one way: %s', (text, value) => {
  expect(standardisePostcode(text)).toEqual({ value, outcome: 'repaired' });
});

test.each([
  'GIR 0AAjunk',
  'junk SW1A 2AA',
  'ABC 1AA',
  'SW1A 2AA SW1A 2AA',
  'SW1A\n2AA',
  'SW 1A2AA',
  'SW1A-2AA',
  'SW1A    2AA',
  'SW1A',
  'SW1A 2A',
  'SW1A 2A0',
  'QA1 1AA',
  'VA1 1AA',
  'XA1 1AA',
  'AJ1 1AA',
  'AZ1 1AA',
  'M1 1CE',
  'M1 1AV',
  'SW01 2AA',
  'CO01 1AA',
  'LOO1 1AA',
  'ſW1A 2AA',
  'ZZ99',
  'ZZ99 3VZjunk',
  'N/A',
])('%j is invalid', (text) => {
  expect(standardisePostcode(text)).toEqual({ value: null, outcome: 'invalid' });
  expect(classifyPostcode(text)).toBeNull();
});

test.each([null, '', ' ', '\u00a0'])('%j is absent', (text) => {
  expect(standardisePostcode(text)).toEqual({ value: null, outcome: 'absent' });
});

describe('postcodes that are no address are classified and have no value', () => {
  test.each([
    ['ZZ99 3VZ', 'no-fixed-abode'],
    ['ZZ993VZ', 'no-fixed-abode'],
    ['zz99_3vz', 'no-fixed-abode'],
    ['ZZ99 3WZ', 'not-known'],
    ['ZZ99 3CZ', 'england-or-uk-unstated'],
    ['ZZ99 3GZ', 'wales-unstated'],
    ['ZZ99 1WZ', 'scotland-unstated'],
    ['ZZ99 2WZ', 'northern-ireland-unstated'],
    ['ZZ99 6LZ', 'overseas'],
    ['ASCN 1ZZ', 'overseas-territory'],
    ['FIQQ 1ZZ', 'overseas-territory'],
    ['GX11 1AA', 'overseas-territory'],
    ['GX1I IAA', 'overseas-territory'],
    ['ZZ99 IWZ', 'scotland-unstated'],
  ])('%s is %s', (text, kind) => {
    expect(standardisePostcode(text)).toEqual({ value: null, outcome: 'pseudo' });
    expect(classifyPostcode(text)).toBe(kind);
  });
});

test.each([
  ['BF1 2AT', 'forces'],
  ['BX1 1LT', 'non-geographic'],
  ['GY1 1AA', 'guernsey'],
  ['JE2 3AB', 'jersey'],
  ['IM1 1AA', 'isle-of-man'],
  ['SW1A 2AA', 'ordinary'],
  ['BF10 1AA', 'ordinary'],
  ['MI 1AE', 'ordinary'],
])('%s is valid, with the class %s', (text, kind) => {
  expect(standardisePostcode(text).value).not.toBeNull();
  expect(classifyPostcode(text)).toBe(kind);
});

test('a postcode has the same value in every form in which it can arrive', () => {
  const between = fc.constantFrom('', ' ', '  ', '   ', '_', '__');
  fc.assert(
    fc.property(outward, inward, between, fc.boolean(), (out, inn, gap, lower) => {
      fc.pre(out + inn !== 'GX111AA');
      const text = `${out}${gap}${inn}`;
      expect(standardisePostcode(lower ? text.toLowerCase() : text)).toEqual({
        value: out + inn,
        outcome: 'valid',
      });
    }),
  );
});

test('standardising twice changes nothing, and a repair changes only 0, O, 1 and I', () => {
  const text = fc.string({ unit: one('01OIAWSGRX9Z'), minLength: 5, maxLength: 7 });
  fc.assert(
    fc.property(text, (compact) => {
      const { value } = standardisePostcode(compact);
      fc.pre(value !== null);
      expect(standardisePostcode(value)).toEqual({ value, outcome: 'valid' });
      const flat = (some: string | null) => some?.replaceAll('O', '0').replaceAll('I', '1');
      expect(flat(value)).toBe(flat(compact));
    }),
    { numRuns: 2000 },
  );
});
