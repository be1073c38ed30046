import { createHmac, hkdfSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { KeyRing } from './key-ring.ts';
import { baselineInfo } from './recipes.ts';
import { isSealed, sealText } from './seal-text.ts';

const MASTER = Buffer.from(Array.from({ length: 32 }, (_, index) => index + 32));

it('is HMAC-SHA-256 under the sub-key of HKDF-SHA-256 without salt', () => {
  const subKey = Buffer.from(hkdfSync('sha256', MASTER, '', 'tallystick/v1/baseline', 32));
  const expected = createHmac('sha256', subKey).update('{"nights":[]}').digest('hex');
  expect(sealText(new KeyRing(MASTER), baselineInfo(), '{"nights":[]}')).toBe(expected);
});

it('depends on the text, the key and the use', () => {
  const key = new KeyRing(MASTER);
  const seal = sealText(key, baselineInfo(), 'a');
  expect(isSealed(key, baselineInfo(), 'a', seal)).toBe(true);
  expect(isSealed(key, baselineInfo(), 'b', seal)).toBe(false);
  expect(isSealed(key, 'tallystick/v1/other', 'a', seal)).toBe(false);
  expect(isSealed(new KeyRing(Buffer.alloc(32, 1)), baselineInfo(), 'a', seal)).toBe(false);
  for (const other of ['', seal.slice(1), `${seal}0`, seal.toUpperCase()]) {
    expect(isSealed(key, baselineInfo(), 'a', other)).toBe(false);
  }
});
