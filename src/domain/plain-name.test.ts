import { expect, test } from 'vitest';
import { plainName } from './plain-name.ts';

test('a delivered name becomes small letters, digits and low lines', () => {
  expect(plainName('Épisode Typ-2')).toBe('_pisode_typ_2');
});
