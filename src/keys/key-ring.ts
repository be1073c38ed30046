import { createHmac, hkdfSync } from 'node:crypto';
import { closeSync, fstatSync, readSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { environment, TallystickError } from '../domain/problem.ts';
import { openPlainFile } from '../read-plain-file.ts';
import { assertNoDebugger } from './debugger.ts';
import { type KeyFault, keyBytesFault, keyFileFault, keyFolderFault } from './key-file-checks.ts';

/** A master key is 32 random bytes (256 bits, the output size of SHA-256). */
export const KEY_BYTES = 32;
const KEY_ID_BYTES = 16;
/** The way out never suggests a new key in place of a used one: every token made with the used key would be lost. */
const KEEP_THE_KEY =
  'restore the key file from its backup, or correct the path: nothing made with another key joins what was made with this one. Only before the very first run is a key made, with `tallystick keygen`';

/** What the two keys of a run are for. The linkage key makes tokens; the release key makes pseudonyms. */
export type KeyPurpose = 'linkage' | 'release';

/**
 * One master key in memory. Only derived sub-keys and a key id leave it. It redacts itself wherever it might be
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
 * Opens a key file: 32 random bytes that only their owner can read, in a folder where nobody else can replace the file. A link
 * is followed, because secrets are mounted as links; the folders of both link and file must be safe.
 *
 * @throws TallystickError (exit 3) if it is missing, no plain file, another user's, open to others, or no random key
 */
export function openKeyFile(path: string, purpose: KeyPurpose): KeyRing {
  const fault = (message: string, wayOut: string) => environment({ file: path, message, wayOut });
  assertNoDebugger();
  let descriptor: number;
  try {
    descriptor = openPlainFile(path, path, environment);
  } catch (error) {
    if (error instanceof TallystickError) throw error;
    throw fault(`the ${purpose} key file cannot be opened`, KEEP_THE_KEY);
  }
  try {
    const stat = fstatSync(descriptor);
    const user = process.getuid?.() ?? stat.uid; // Windows has no owners of this kind
    const place = keyFileFault(stat, user, path) ?? folderFault(path, user);
    if (place !== null) throw fault(`the ${purpose} key file ${place.message}`, place.wayOut);
    if (stat.size !== KEY_BYTES) {
      throw fault(`the ${purpose} key file holds ${stat.size} bytes, not ${KEY_BYTES}`, KEEP_THE_KEY);
    }
    const bytes = Buffer.alloc(KEY_BYTES);
    try {
      const read = readSync(descriptor, bytes, 0, KEY_BYTES, 0);
      const weak = read === KEY_BYTES ? keyBytesFault(bytes) : null;
      if (read !== KEY_BYTES)
        throw fault(`the ${purpose} key file was changed while it was read`, KEEP_THE_KEY);
      if (weak !== null) throw fault(`the ${purpose} key file ${weak.message}`, weak.wayOut);
      return new KeyRing(bytes);
    } finally {
      bytes.fill(0);
    }
  } finally {
    closeSync(descriptor);
  }
}

function folderFault(path: string, user: number): KeyFault | null {
  const folders = new Set([dirname(resolve(path)), dirname(realpathSync(path))]);
  for (const folder of folders) {
    const fault = keyFolderFault(statSync(folder), user);
    if (fault !== null) return fault;
  }
  return null;
}

/**
 * Refuses one file for both keys where only one of them is opened. `assertTwoKeys` detects a copy.
 *
 * @throws TallystickError (exit 3)
 */
export function assertTwoKeyFiles(linkage: string, release: string): void {
  const [one, other] = [linkage, release].map((path) => statSync(path, { throwIfNoEntry: false }));
  if (one === undefined || one.ino !== other?.ino || one.dev !== other.dev) return;
  throw environment({
    file: release,
    message: 'the release key file is the linkage key file, under another name',
    wayOut: 'each purpose has a key of its own: correct the path, or restore the right file',
  });
}

/**
 * Refuses one key for both purposes: with it, the holder of the release key could make tokens and find people.
 *
 * @param linkageKeyId of the linkage key; neither key need be at hand, and no process need have both
 * @throws TallystickError (exit 3)
 */
export function assertTwoKeys(linkageKeyId: string, releaseKeyId: string, releasePath: string): void {
  if (releaseKeyId !== linkageKeyId) return;
  throw environment({
    file: releasePath,
    message: 'the release key is the same key as the linkage key',
    wayOut:
      'each purpose has a key of its own: restore the right file; if there never was a second key, the linker has held the linkage key and could have made tokens with it',
  });
}
