import { randomFillSync } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { environment } from '../domain/problem.ts';
import { KEY_BYTES, KeyRing } from './key-ring.ts';

/** Only the owner may read or write a key. */
const KEY_MODE = 0o600;

/**
 * Makes a new key file: 32 bytes from the operating system's random source. An existing file is left alone, whatever it holds:
 * losing a key loses every token made with it.
 *
 * @returns the key's id, which identifies the key and reveals nothing of it
 * @throws TallystickError (exit 3) where the file exists already, or cannot be made
 */
export function generateKeyFile(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', KEY_MODE);
  } catch (fault) {
    throw (fault as NodeJS.ErrnoException).code === 'EEXIST'
      ? environment({
          file: path,
          message: 'is there already',
          wayOut: 'a key is never overwritten: choose another name',
        })
      : environment({
          file: path,
          message: 'a key file cannot be made here',
          wayOut: 'check that the folder is there, and that you may write in it',
        });
  }
  const key = Buffer.alloc(KEY_BYTES);
  try {
    randomFillSync(key);
    writeSync(descriptor, key);
    fchmodSync(descriptor, KEY_MODE); // the umask may have removed more
    fsyncSync(descriptor);
    const ring = new KeyRing(key);
    ring.close();
    return ring.keyId;
  } catch {
    rmSync(path, { force: true });
    throw environment({
      file: path,
      message: 'the key could not be written',
      wayOut: 'check that the disk has free space',
    });
  } finally {
    key.fill(0);
    closeSync(descriptor);
  }
}
