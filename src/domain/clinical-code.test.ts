import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { withVerhoeff } from '../synth/verhoeff.ts';
import { canonicalCode, fitsCodeShape } from './clinical-code.ts';
import { CODE_SYSTEMS } from './role.ts';
import { isConceptIdentifier, isSnomedIdentifier } from './snomed-identifier.ts';
import { SNOMED_SPELLINGS } from './test-rig/spellings.ts';

describe('the spellings of one code have one canonical form', () => {
  it.each([
    [
      '9Nu0.',
      [
        '9Nu0',
        '9Nu0.',
        '9Nu0.00',
        '9Nu000',
        '9Nu0.1A',
        '9Nu0..',
        ' 9Nu0\u00a0',
        '"9Nu0."',
        '="9Nu0."',
        '９Nu0',
      ],
    ],
    ['A98..', ['A98', 'A98..', 'A98..11', 'A98.']],
    ['1371.', ['1371', '1371.', '1371.0']],
    ['9nu0.', ['9nu0']],
  ])('Read code %s', (canonical, spellings) => {
    for (const system of ['read-v2', 'ctv3'] as const) {
      for (const one of spellings) expect(canonicalCode(system, one), one).toBe(canonical);
    }
  });

  it.each([
    [
      'B20',
      [
        'B20',
        'b20',
        'B20X',
        'B20.X',
        'B20-',
        'B20.-',
        'B20XX',
        'B20X D',
        'B20XA',
        'B20D',
        'B20†',
        'B20*',
        '"B20"',
      ],
    ],
    ['B201', ['B201', 'B20.1', 'b20.1', 'B201X', 'B201D', 'B201+', 'B201 A']],
    ['E1060', ['E1060', 'E106.0', 'E10.60']],
    ['M45X0', ['M45X0']],
  ])('ICD-10 %s', (canonical, spellings) => {
    for (const one of spellings) expect(canonicalCode('icd-10', one), one).toBe(canonical);
  });

  it('OPCS-4', () => {
    for (const one of ['Q111', 'Q11.1', 'q111', "'Q111"]) expect(canonicalCode('opcs-4', one)).toBe('Q111');
  });

  it('SNOMED CT: any identifier', () => {
    fc.assert(
      fc.property(
        fc.bigInt(100_000n, 999_999_999_999_999_999n).map(String),
        fc.constantFrom(...SNOMED_SPELLINGS),
        (code, spell) => {
          expect(canonicalCode('snomed', spell(code))).toBe(code);
        },
      ),
    );
  });
});

test.each([
  [
    'snomed',
    [
      '8.27241E+14',
      '3.8341e+07',
      '1234567.5',
      '-38341003',
      '12345',
      'C10..',
      '',
      '38341003 and more',
      '1234567890123456789',
    ],
  ],
  ['read-v2', ['R2_9Nu0', 'EMISNQ12', 'EMISAB1', '44054006', '.9Nu0', '9Nu0. dissent', '', '^ESCT12']],
  ['icd-10', ['B20-B24', 'S72.001A', 'C7A', '44054006', '', 'B2', 'B20 HIV']],
  ['opcs-4', ['-', '&', 'Q1111', 'Q1']],
] as const)('%s: what has lost digits or is no code has no canonical form', (system, texts) => {
  for (const one of texts) expect(canonicalCode(system, one), one).toBeNull();
});

test('the canonical form of a canonical form is itself, for any text in any system', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789.,XABab9Nu|"\'= eE+-*†') }),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...CODE_SYSTEMS), text, (system, one) => {
      const canonical = canonicalCode(system, one);
      if (canonical === null) return;
      expect(canonicalCode(system, canonical)).toBe(canonical);
      expect(fitsCodeShape(system, canonical)).toBe(fitsCodeShape(system, one));
    }),
  );
});

describe('the shape of a SNOMED CT code', () => {
  it('identifiers of descriptions and relationships are well formed but are no codes; an extension has at least 11 digits', () => {
    const ofEvery = ['00', '01', '02', '10', '11', '12'].map((kind) => withVerhoeff(`4321000000${kind}`));
    expect(ofEvery.filter(isSnomedIdentifier)).toEqual(ofEvery);
    expect(ofEvery.filter(isConceptIdentifier)).toEqual([ofEvery[0], ofEvery[3]]);
    const short = ['10', '11', '12', '03', '20'].map((kind) => withVerhoeff(`4321000${kind}`));
    expect(short.filter(isSnomedIdentifier)).toEqual([]);
  });

  it.each([
    '73211009',
    '44054006',
    '38341003',
    '827241000000103',
    '881561000000100',
    '138875005',
    '900000000000207008',
  ])('%s is a concept', (code) => {
    expect(isConceptIdentifier(code)).toBe(true);
    expect(fitsCodeShape('snomed', `${code}.0`)).toBe(true);
  });

  it.each([
    ['a wrong check digit', '73211008'],
    ['two digits changed about', '73211090'],
    ['a description', '101013'],
    ['a description of an extension', '1223980016'],
    ['too short for an extension', '1234108'],
    ['a number of a supplier', '1234567'],
  ])('%s is none', (_, code) => {
    expect(fitsCodeShape('snomed', code)).toBe(false);
  });

  it('few numbers that are not codes have the shape of one', () => {
    const fitting = Array.from({ length: 100_000 }, (_, index) => String(10_000_000 + index * 97)).filter(
      (one) => fitsCodeShape('snomed', one),
    );
    expect(fitting.length).toBeLessThan(300); // a partition of 00 in a hundred, and a right check digit in ten
  });
});

test('a CTV3 code does not fit Read v2, and a supplier’s own code fits neither', () => {
  expect(fitsCodeShape('ctv3', 'XaZ89')).toBe(true);
  expect(fitsCodeShape('read-v2', 'XaZ89')).toBe(false);
  for (const system of ['read-v2', 'ctv3'] as const) expect(fitsCodeShape(system, 'EMISNQ12')).toBe(false);
});

test('every text that is not empty is a local code, unchanged', () => {
  expect(canonicalCode('local', ' "a" ')).toBe('"a"');
  expect(canonicalCode('local', ' ')).toBeNull();
});
