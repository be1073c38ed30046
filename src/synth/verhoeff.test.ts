import { expect, it } from 'vitest';
import { foldVerhoeff, withVerhoeff } from './verhoeff.ts';

it('folds real identifiers to 0, and mistyped ones to another number', () => {
  for (const real of ['86406008', '44054006', '827241000000103', '881561000000100', '75367002']) {
    expect(foldVerhoeff(real, 0)).toBe(0);
    expect(withVerhoeff(real.slice(0, -1))).toBe(real);
  }
  expect(foldVerhoeff('86406080', 0)).not.toBe(0);
  expect(withVerhoeff('236')).toBe('2363');
});
