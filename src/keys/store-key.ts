import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { KeyRing } from './key-ring.ts';
import { storeKeyInfo } from './recipes.ts';

/** DER of an Ed25519 private key (RFC 8410) up to its 32-byte seed, and of a public key up to its 32 bytes. */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PUBLIC_BYTES = 32;
const ID_BYTES = 16;
/** Prefix of the signed text, so that a signature is not valid for anything else. */
const CONTEXT = 'tallystick/v1/store\n';

/**
 * The key with which a provider signs its token stores: an Ed25519 key pair (RFC 8032) whose seed is derived from the linkage
 * key. The holder of the linkage key can derive the pair again; with the public half alone one can check signatures, not make them.
 */
export class StoreKey {
  readonly #private: KeyObject;
  /** 64 hexadecimal digits */
  readonly publicKey: string;

  constructor(linkageKey: KeyRing) {
    const seed = linkageKey.derive(storeKeyInfo());
    const der = Buffer.concat([PRIVATE_PREFIX, seed]);
    this.#private = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    seed.fill(0);
    der.fill(0);
    const spki = createPublicKey(this.#private).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(-PUBLIC_BYTES).toString('hex');
  }

  get id(): string {
    return storeKeyId(this.publicKey);
  }

  /** @returns 128 hexadecimal digits */
  sign(text: string): string {
    return sign(null, Buffer.from(CONTEXT + text), this.#private).toString('hex');
  }

  toJSON(): string {
    return '[key]';
  }
}

/** The id of a store key, 32 hexadecimal digits: a linker pins it. */
export function storeKeyId(publicKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(publicKey, 'hex')).digest();
  return digest.subarray(0, ID_BYTES).toString('hex');
}

/** Whether this exact text was signed with the private half; false for an invalid key or signature. */
export function isSigned(text: string, signature: unknown, publicKey: unknown): boolean {
  if (typeof publicKey !== 'string' || !/^[0-9a-f]{64}$/.test(publicKey)) return false;
  if (typeof signature !== 'string' || !/^[0-9a-f]{128}$/.test(signature)) return false;
  const der = Buffer.concat([PUBLIC_PREFIX, Buffer.from(publicKey, 'hex')]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return verify(null, Buffer.from(CONTEXT + text), key, Buffer.from(signature, 'hex'));
}
