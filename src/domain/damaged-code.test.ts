/** Damaged opt-out codes are unclear; well-formed other codes never are. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { CODE_FAMILIES, drawFrom } from '../gates/test-rig/code-families.ts';
import { withVerhoeff } from '../synth/verhoeff.ts';
import { isOneDamageFrom } from './damaged-code.ts';
import { OPT_OUT_CODES, optOutCodes, readOptOutCell } from './opt-out-codes.ts';
import type { CodeSystem } from './role.ts';
import { isIssuedConcept } from './snomed-identifier.ts';
import { damagedIdentifiers } from './test-rig/damaged-identifiers.ts';
import { READ_DAMAGES, SNOMED_DAMAGES, SPELLINGS } from './test-rig/spellings.ts';

const IDENTIFIERS = OPT_OUT_CODES.codes.flatMap(({ system, code }) => (system === 'snomed' ? [code] : []));

describe('a damaged SNOMED CT opt-out code is unclear', () => {
  test.each([
    ['O for 0', '827241OOOOOO1O3'],
    ['one O for 0', '82724100000O103'],
    ['l for 1', '82724l000000l03'],
    ['I for 1', '82724I000000I03'],
    ['O for 0 and l for 1', '82724lOOOOOOlO3'],
    ['Cyrillic O for 0', '827241\u041e\u041e\u041e\u041e\u041e\u041e1\u041e3'],
    ['B for 8', 'B27241000000103'],
    ['a character that was lost in another encoding', '82724\ufffd000000103'],
    ['a wrong check digit', '827241000000104'],
    ['a digit changed', '827341000000103'],
    ['the first digit changed', '127241000000103'],
    ['two neighbours swapped', '827214000000103'],
    ['cut to 14 digits', '82724100000010'],
    ['cut to 13 digits', '8272410000001'],
    ['the first digit lost', '27241000000103'],
    ['a zero lost', '82724100000103'],
    ['a digit doubled', '8227241000000103'],
    ['a zero doubled', '8272410000000103'],
    ['damaged and a decimal', '827241000000104.0'],
    ['damaged, with its term', '827241000000104 | Dissent |'],
    ['damaged, in quotes', '"82724l000000103"'],
    ['damaged, with separators', '827,241,000,000,104'],
    ['a digit put in', '8272415000000103'],
    ['a digit put in before it', '2827241000000103'],
    ['the identifier of a concept in a namespace that nobody has', '8272415000000103'],
    ['one of the International Edition, which has none so long', '82724100000003'],
    ['a digit put in behind it', '8272410000001035'],
    ['damaged, behind a prefix', 'SCT:82724100000O103'],
    ['damaged, right behind a prefix', 'SCTID82724100000010'],
    ['damaged, before a letter', '827241000000104A'],
    [
      'damaged, in other digits',
      '\u0668\u0662\u0667\u0662\u0664\u0661\u0660\u0660\u0660\u0660\u0660\u0660\u0661\u0660\u0664',
    ],
    ['behind another code', '44054006827241000000103'],
    ['before another code', '82724100000010344054006'],
    ['between numbers', '99827241000000103777'],
  ])('%s', (_, cell) => {
    expect(readOptOutCell('snomed', cell)).toBe('unclear');
  });

  it('after every kind of damage, in every spelling', () => {
    for (const code of IDENTIFIERS) {
      for (const damage of SNOMED_DAMAGES) {
        const damaged = damage(code);
        if (damaged === code || isIssuedConcept(damaged)) continue;
        expect(readOptOutCell('snomed', damaged), damaged).toBe('unclear');
        for (const spell of SPELLINGS.snomed.filter((_, index) => /^[0-9]+$/.test(damaged) || index < 10)) {
          expect(readOptOutCell('snomed', spell(damaged)), spell(damaged)).toBe('unclear');
        }
      }
    }
  });

  it('in a column of another system, of categories or numbers as well', () => {
    for (const code of IDENTIFIERS) {
      for (const damage of [...SNOMED_DAMAGES, (one: string) => `44054006${one}`]) {
        const damaged = damage(code);
        if (damaged === code || isIssuedConcept(damaged)) continue;
        for (const system of ['local', 'icd-10', 'opcs-4', 'read-v2', 'ctv3'] as const)
          expect(readOptOutCell(system, damaged), `${system} ${damaged}`).toBe('unclear');
      }
    }
  });

  it('there a short one that is declared is not: any number may be near it', () => {
    const table = optOutCodes([{ type: 'type-1', kind: 'registered', system: 'snomed', code: '44054006' }]);
    for (const one of ['44054007', '4405400', '440540061', '9944054006'])
      expect(readOptOutCell('local', one, table), one).toBe('none');
    expect(readOptOutCell('local', '44054006', table)).toBe('unclear');
  });

  it('by the rule exactly where the list has it', () => {
    for (const code of [...IDENTIFIERS, '44054006', '101009']) {
      const listed = damagedIdentifiers(code);
      expect([...listed].filter((one) => !isOneDamageFrom(code, one))).toEqual([]);
      const twice = [...listed].flatMap((one) => [...damagedIdentifiers(one)].slice(0, 40));
      expect(twice.filter((one) => isOneDamageFrom(code, one) && !listed.has(one))).toEqual([]);
    }
  });

  it('and so is a declared one', () => {
    const table = optOutCodes([{ type: 'type-1', kind: 'registered', system: 'snomed', code: '44054006' }]);
    for (const one of ['44054007', '4405400', '440540O6', '44504006'])
      expect(readOptOutCell('snomed', one, table), one).toBe('unclear');
    expect(readOptOutCell('snomed', '44054007')).toBe('none');
  });

  it('unless it is damaged twice, or no opt-out code is near', () => {
    for (const one of [
      '827241000000202',
      '827241000001104',
      '82724I000000104',
      '827241000000',
      '1827241000000103',
      '18272410000001043',
      '82724100000O104',
      '999000000000103',
      '86406009',
    ])
      expect(readOptOutCell('snomed', one), one).toBe('none');
  });
});

describe('a Read code has no check digit', () => {
  test.each([
    ['read-v2', '9NUO.'],
    ['read-v2', '9NuO'],
    ['read-v2', '9Nuo.00'],
    ['read-v2', '9NuI.'],
    ['read-v2', '9Nul.'],
    ['read-v2', '9\u039du0.'],
    ['read-v2', '9N\u03c50'],
    ['read-v2', '9Nu\u041e.'],
    ['ctv3', '\u0425aZ89'],
    ['ctv3', 'X\u0430Z89'],
    ['ctv3', 'XAAVL'],
    ['ctv3', '9NUO.'],
  ] as const)('%s: %s is unclear, by its letters', (system, cell) => {
    expect(readOptOutCell(system, cell)).toBe('unclear');
  });

  it('every code with look-alike letters is unclear', () => {
    for (const { system, code } of OPT_OUT_CODES.codes) {
      if (system === 'snomed') continue;
      for (const damage of READ_DAMAGES) {
        if (damage(code) === code) continue;
        for (const written of [damage(code), `"${damage(code)}"`, `${damage(code).padEnd(5, '.')}00`])
          expect(readOptOutCell(system, written), written).toBe('unclear');
      }
    }
  });

  it('a code in quotes is read as the code', () => {
    expect(readOptOutCell('read-v2', '"9Nu0."')).toMatchObject({ type: 'type-1', kind: 'registered' });
    expect(readOptOutCell('ctv3', '\u2018XaaVL\u2019')).toMatchObject({ type: 'type-2', kind: 'registered' });
  });

  it('a code with any other character changed is another code', () => {
    for (const one of [
      '9Nu2.',
      '9Nu3.',
      '9NuS.',
      '9NuD.',
      '9Nu00',
      '9Nv0.',
      '8Nu0.',
      'XaaV1',
      'XaaVN',
      'XaZ88',
    ])
      expect(readOptOutCell(one.startsWith('X') ? 'ctv3' : 'read-v2', one), one).toBe('none');
  });
});

describe('there is no false alarm', () => {
  /** An identifier of a concept with this item, in the namespace of the opt-outs. */
  const extension = (item: number) => withVerhoeff(`${item}100000010`);

  it('for any concept in the namespace of the opt-out codes', () => {
    const codes = Array.from({ length: 99_999 }, (_, index) => extension(index + 1));
    const unclear = codes.filter((one) => readOptOutCell('snomed', one) === 'unclear');
    expect(unclear).toEqual([]);
    expect(codes).toContain('827241000000103');
  });

  it.each(CODE_FAMILIES.filter(({ system }) => system !== null))('of $name', ({ system, draw }) => {
    const isOwn = (text: string) => readOptOutCell(system as CodeSystem, text) !== 'none';
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const from = drawFrom(seed);
        const texts = Array.from({ length: 100 }, () => draw(from));
        // of 62^4 Read codes a handful look like an opt-out
        expect(texts.filter((text) => isOwn(text) && !/^(?:9nu|xa)/i.test(text))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it.each(CODE_FAMILIES)('of $name, in a column of categories', ({ draw }) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const from = drawFrom(seed);
        const texts = Array.from({ length: 100 }, () => draw(from));
        const unclear = texts.filter((text) => readOptOutCell('local', text) !== 'none');
        // of 62^4 Read codes a handful look like an opt-out
        expect(unclear.filter((text) => !/9nu|xa/i.test(text))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('of what damage makes, where it is the identifier of a concept by chance', () => {
    const wellFormed = IDENTIFIERS.flatMap((code) => [...damagedIdentifiers(code)].filter(isIssuedConcept));
    // a digit put into the item, before the namespace 1000000; of one a digit lost
    expect(wellFormed.length).toBe(25);
    expect(wellFormed).toEqual(expect.arrayContaining(['1827241000000103', '8815681000000100']));
    for (const one of wellFormed) expect(readOptOutCell('snomed', one)).toBe('none');
  });
});
