import { createHmac, hkdfSync } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { environment } from '../domain/problem.ts';

/** A master key is 32 random bytes (256 bits, the output size of SHA-256). */
export const KEY_BYTES = 32;
const KEY_ID_BYTES = 16;
/** Any permission for group or others. */
const OTHERS_MASK = 0o077;

/** What the two keys of a run are for. The linkage key makes tokens; the release key makes pseudonyms. */
export type KeyPurpose = 'linkage' | 'release';

/**
 * One master key in memory. It leaves only as derived sub-keys and as a key id, redacts itself wherever it might be
 * printed, and is overwritten by `close`.
 */
export class KeyRing {
  readonly #master: Buffer;
  readonly keyId: string;

  /** @param master 32 bytes; the ring keeps its own copy */
  constructor(master: Uint8Array) {
    this.#master = Buffer.from(master);
    this.keyId = createHmac('sha256', this.#master)
      .update('tallystick/v1/key-id')
      .digest()
      .subarray(0, KEY_ID_BYTES)
      .toString('hex');
  }

  /** HKDF-SHA-256 (RFC 5869), no salt, 32 bytes. Changing `info` changes every token of that kind. */
  derive(info: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#master, new Uint8Array(0), info, KEY_BYTES));
  }

  close(): void {
    this.#master.fill(0);
  }

  toString(): string {
    return '[key]';
  }

  toJSON(): string {
    return '[key]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[key]';
  }
}

/**
 * Opens a key file: 32 raw bytes that only their owner can read.
 *
 * @throws TallystickError (exit 3) if it is missing, readable by others, or of another length
 */
export function openKeyFile(path: string, purpose: KeyPurpose): KeyRing {
  const wayOut = `make one with \`tallystick keygen ${path}\``;
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    throw environment({ file: path, message: `the ${purpose} key file cannot be opened`, wayOut });
  }
  try {
    const { mode, size } = fstatSync(descriptor);
    if ((mode & OTHERS_MASK) !== 0) {
      throw environment({
        file: path,
        message: `the ${purpose} key file is open to others (mode ${(mode & 0o777).toString(8)})`,
        wayOut: `chmod 600 ${path}, and consider whether the key has been seen`,
      });
    }
    if (size !== KEY_BYTES) {
      throw environment({
        file: path,
        message: `the ${purpose} key file holds ${size} bytes, not ${KEY_BYTES}`,
        wayOut,
      });
    }
    const bytes = Buffer.alloc(KEY_BYTES);
    readSync(descriptor, bytes, 0, KEY_BYTES, 0);
    const ring = new KeyRing(bytes);
    bytes.fill(0);
    return ring;
  } finally {
    closeSync(descriptor);
  }
}
