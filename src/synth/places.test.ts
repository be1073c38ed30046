import { describe, expect, it } from 'vitest';
import { Places } from './places.ts';
import { layOutPostcodes } from './postcode-map.ts';
import { Random } from './random.ts';

/** The shapes of domain.md, 2. */
const SHAPE = /^[A-PR-UWYZ](\d{1,2}|[A-HK-Y]\d{1,2}|\d[A-Z]|[A-HK-Y]\d[A-Z]) \d[ABD-HJLNP-UW-Z]{2}$/;

describe('layOutPostcodes', () => {
  it.each([9, 500, 30_000, 300_000])('makes %i unique postcodes of valid shape', (count) => {
    const { postcodes, lsoas } = layOutPostcodes(count);
    expect(postcodes.length).toBe(count);
    expect(new Set(postcodes).size).toBe(count);
    expect(lsoas.length).toBe(count);
    expect(postcodes.filter((postcode) => !SHAPE.test(postcode))).toEqual([]);
    expect(lsoas.every((lsoa) => /^E01\d{6}$/.test(lsoa))).toBe(true);
  });

  it('has postcodes of every shape, and keeps an LSOA within one sector', () => {
    const { postcodes, lsoas } = layOutPostcodes(30_000);
    const shapes = new Set(
      postcodes.map((code) => code.split(' ')[0]!.replace(/[A-Z]/g, 'A').replace(/\d/g, '9')),
    );
    expect([...shapes].sort()).toEqual(['A9', 'A99', 'A9A', 'AA9', 'AA99', 'AA9A']);
    const sectors = new Map<string, Set<string>>();
    for (const [index, lsoa] of lsoas.entries()) {
      const sector = postcodes[index]!.slice(0, -2);
      sectors.set(lsoa, (sectors.get(lsoa) ?? new Set()).add(sector));
    }
    expect([...sectors.values()].every((within) => within.size === 1)).toBe(true);
  });

  it('throws when the map is full', () => {
    expect(() => layOutPostcodes(5_000_000)).toThrow(RangeError);
  });
});

describe('Places', () => {
  it('never houses a family in an institution, and fills the largest institution first', () => {
    const random = new Random(1, 'places');
    const places = new Places(400_000, random);
    const homes = new Set(Array.from({ length: 20_000 }, () => places.drawHome(random).postcode));
    const residents = new Map<string, number>();
    for (let i = 0; i < 5_000; i++) {
      const { home } = places.drawInstitution(random);
      expect(homes.has(home.postcode)).toBe(false);
      residents.set(home.postcode, (residents.get(home.postcode) ?? 0) + 1);
    }
    const sizes = [...residents.values()].sort((a, b) => b - a);
    expect(sizes[0]!).toBeGreaterThan(10 * sizes[Math.floor(sizes.length / 2)]!);
  });
});
