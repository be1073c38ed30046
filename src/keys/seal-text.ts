import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from './key-ring.ts';

/**
 * The seal of a text: HMAC-SHA-256 under a sub-key of its own, as 64 hexadecimal digits. Whoever holds the key can tell
 * whether a text was changed; nobody else can seal another.
 *
 * @param info HKDF info of the sub-key, which is used for nothing else
 */
export function sealText(key: KeyRing, info: string, text: string): string {
  const subKey = key.derive(info);
  try {
    return createHmac('sha256', subKey).update(text, 'utf8').digest('hex');
  } finally {
    subKey.fill(0);
  }
}

/** Whether a seal is that of a text. The comparison takes the same time wherever they differ. */
export function isSealed(key: KeyRing, info: string, text: string, seal: string): boolean {
  const [right, given] = [Buffer.from(sealText(key, info, text)), Buffer.from(seal)];
  return right.length === given.length && timingSafeEqual(right, given);
}
