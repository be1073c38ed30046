import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyRing } from './key-ring.ts';

/**
 * The seal of a text: HMAC-SHA-256 under a sub-key of its own, as 64 hexadecimal digits. The holder of the key can detect a
 * change of the text; nobody else can make a seal.
 *
 * @param info HKDF info of the sub-key, used for this purpose only
 */
export function sealText(key: KeyRing, info: string, text: string): string {
  const sealer = new Sealer(key, info);
  try {
    return sealer.seal(text);
  } finally {
    sealer.close();
  }
}

/** Whether a seal belongs to a text. The comparison takes constant time. */
export function isSealed(key: KeyRing, info: string, text: string, seal: string): boolean {
  return isSame(sealText(key, info, text), seal);
}

/** Seals many texts under one sub-key, which is derived once. */
export class Sealer {
  readonly #subKey: Uint8Array;

  constructor(key: Pick<KeyRing, 'derive'>, info: string) {
    this.#subKey = key.derive(info);
  }

  seal(text: string): string {
    return createHmac('sha256', this.#subKey).update(text, 'utf8').digest('hex');
  }

  isSealed(text: string, seal: string): boolean {
    return isSame(this.seal(text), seal);
  }

  close(): void {
    this.#subKey.fill(0);
  }
}

function isSame(one: string, other: string): boolean {
  const [right, given] = [Buffer.from(one), Buffer.from(other)];
  return right.length === given.length && timingSafeEqual(right, given);
}
