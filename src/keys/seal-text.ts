import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from './key-ring.ts';

/**
 * The seal of a text: HMAC-SHA-256 under a sub-key of its own, as 64 hexadecimal digits. The holder of the key can detect a
 * change of the text; nobody else can make a seal.
 *
 * @param info HKDF info of the sub-key, used for this purpose only
 */
export function sealText(key: KeyRing, info: string, text: string): string {
  const subKey = key.derive(info);
  try {
    return createHmac('sha256', subKey).update(text, 'utf8').digest('hex');
  } finally {
    subKey.fill(0);
  }
}

/** Whether a seal belongs to a text. The comparison takes constant time. */
export function isSealed(key: KeyRing, info: string, text: string, seal: string): boolean {
  const [right, given] = [Buffer.from(sealText(key, info, text)), Buffer.from(seal)];
  return right.length === given.length && timingSafeEqual(right, given);
}
