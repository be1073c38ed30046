import { describe, expect, it } from 'vitest';
import { isSnomedIdentifier } from '../domain/snomed-identifier.ts';
import { findIdentifier } from './identifier-shapes.ts';
import { isNhsNumber } from './nhs-number-forms.ts';

const find = (text: string, system: string | null = null) =>
  findIdentifier(text, ['quillfeather', 'zöé'], system);

describe('what is taken for an identifier', () => {
  it.each([
    '9990548609',
    '999 054 8609',
    '999-054-8609',
    'NHS 9990548609.',
    'a,9990548609,b',
    '"9990548609"',
    'patient_9990548609.csv',
    '0123456789',
    '2001010109',
  ])('the NHS number in %j', (text) => {
    expect(find(text)).toBe('NHS number');
  });

  it.each([
    'SW1A 2AA',
    'sw1a2aa',
    'M1 1AE',
    'B33_8TH',
    'CR2  6XH',
    'DN55 1PT',
    'EC1A 1BB',
    'W1A 0AX',
    'GIR 0AA',
    'lives at 1 High St, LS2 9JT, Leeds',
    'B12 1ST',
    'b121st',
  ])('the postcode in %j', (text) => {
    expect(find(text)).toBe('postcode');
  });

  it('a canary, in any case and anywhere', () => {
    expect(find('the QuillFeather ward')).toBe('canary');
    expect(find('ZÖÉ')).toBe('canary');
    expect(find('QUILLFEATHER', 'snomed')).toBe('canary');
  });

  it('an identifier in a code column', () => {
    expect(find('LS29JT', 'read-v2')).toBe('postcode');
    expect(find('SW1A2AA', 'read-v2')).toBe('postcode');
    expect(find('SW1A2AA', 'ctv3')).toBe('postcode');
    expect(find('M11AE', 'icd-10')).toBe('postcode');
    expect(find('SW1A 2AA', 'icd-10')).toBe('postcode');
    expect(find('M11AE', 'opcs-4')).toBe('postcode');
    expect(find('9990548609', 'icd-10')).toBe('NHS number');
    expect(find('9990548609', 'snomed')).toBe('NHS number');
    expect(find('9990548609', 'local')).toBe('NHS number');
  });
});

describe('what is not taken for an identifier', () => {
  it.each([
    ['a wrong check digit', '9990548608'],
    ['a placeholder', '9999999999'],
    ['a longer number', '99905486091'],
    ['a date and hour in a file name', 'events_2026040110.csv'],
    ['a date and hour that has the check digit of an NHS number', '2026010102'],
    ['an LSOA', 'E01000001'],
    ['a GP practice', 'C81001'],
    ['a trust', 'RJ1'],
    ['a site', 'RJ122'],
    ['an ODS code of the newer form', 'G4Y7L'],
    ['a pseudo-postcode', 'ZZ99 3VZ'],
    ['half a postcode', 'SW1A'],
    ['a date', '2026-04-01'],
    ['a digest', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['a run id', '2026-04-01-0123456789ab'],
    ['an age band', '90+'],
    ['a unit', '10*9/L'],
    ['an ordinal in a sentence', 'vitamin B12 1st dose'],
    ['a ward', 'Ward E10 4th floor'],
  ])('%s', (_, text) => {
    expect(find(text)).toBeNull();
  });

  it.each([
    ['read-v2', 'H33ZZ'],
    ['read-v2', '9Nu0.'],
    ['read-v2', 'H33zz00'],
    ['read-v2', '9Nu0'],
    ['ctv3', 'XaZ89'],
    ['ctv3', 'H33ZZ'],
    ['icd-10', 'I10X'],
    ['icd-10', 'S7200'],
    ['icd-10', 'M059-D'],
    ['icd-10', 'G63.2*'],
    ['opcs-4', 'W371'],
    ['opcs-4', 'W37.1'],
    ['snomed', '53741008'],
    ['snomed', '827241000000103'],
  ])('a code of %s: %s', (system, code) => {
    expect(find(code, system)).toBeNull();
  });
});

describe('ten-digit SNOMED CT identifiers', () => {
  /** Ten digits that are an NHS number and a SNOMED CT id at once: found by counting up, they exist. */
  const both = (() => {
    for (let number = 4_000_000_000; ; number += 1) {
      const digits = String(number);
      if (isNhsNumber(digits) && isSnomedIdentifier(digits)) return digits;
    }
  })();

  it('are codes in a SNOMED CT column, and NHS numbers elsewhere', () => {
    expect(find(both, 'snomed')).toBeNull();
    expect(find(both, 'local')).toBe('NHS number');
    expect(find(both)).toBe('NHS number');
  });

  it.each(['138875005', '22298006', '404684003', '900000000000207008', '827241000000103'])(
    '%s is one',
    (id) => {
      expect(isSnomedIdentifier(id)).toBe(true);
    },
  );

  it.each(['138875006', '22298060', '12345', '0138875005', '9990548609', '1388750051388750051'])(
    '%s is not',
    (id) => {
      expect(isSnomedIdentifier(id)).toBe(false);
    },
  );
});
