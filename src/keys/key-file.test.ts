import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertNoDebugger } from './debugger.ts';
import { keyBytesFault, keyFileFault, keyFolderFault } from './key-file-checks.ts';
import { assertTwoKeyFiles, assertTwoKeys, KeyRing, openKeyFile } from './key-ring.ts';

const KEY = createHash('sha256').update('a key of this test').digest();

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const put = (content: Uint8Array | string, mode = 0o600) => {
  writeFileSync(at('some.key'), content, { mode });
  chmodSync(at('some.key'), mode);
  return at('some.key');
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-key-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Opens a key, which must be refused with exit code 3. @returns the message */
function refusalOf(path: string): string {
  try {
    openKeyFile(path, 'linkage').close();
  } catch (fault) {
    expect(fault).toMatchObject({ exitCode: 3, problems: [{ file: path, wayOut: expect.any(String) }] });
    return (fault as Error).message;
  }
  throw new Error('the key was taken');
}

describe('a key file', () => {
  it.each([0o600, 0o400])('of 32 random bytes and mode %o is accepted', (mode) => {
    const ring = openKeyFile(put(KEY, mode), 'linkage');
    expect(ring.keyId).toBe(new KeyRing(KEY).keyId);
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o610])('of mode %o is refused', (mode) => {
    expect(refusalOf(put(KEY, mode))).toMatch(/is open to others \(mode \d+\)\n {4}chmod 600 /);
  });

  it.each([0, 31, 33, 64])('of %i bytes is refused', (bytes) => {
    expect(refusalOf(put(randomBytes(bytes)))).toContain(`holds ${bytes} bytes, not 32`);
  });

  it('that is lost must be restored: the message does not suggest a new one', () => {
    const message = refusalOf(at('gone.key'));
    expect(message).toContain('restore the key file from its backup');
    expect(message).not.toMatch(/make (a new )?one/);
  });

  it.each([
    ['32 equal bytes', Buffer.alloc(32, 0xa7), /holds 32 equal bytes/],
    ['zeros', Buffer.alloc(32), /holds 32 equal bytes/],
    ['two bytes again and again', Buffer.from('a7f3'.repeat(16), 'hex'), /holds bytes of a pattern/],
    [
      'eight bytes again and again',
      Buffer.from('00ff1e92ab34cd56'.repeat(4), 'hex'),
      /holds bytes of a pattern/,
    ],
    [
      'sixteen random bytes twice',
      Buffer.concat([KEY.subarray(16), KEY.subarray(16)]),
      /holds bytes of a pattern/,
    ],
    ['text with accents', 'Schlüssel für die Übungen, 26', /holds text/],
    [
      'counting',
      Buffer.from(Array.from({ length: 32 }, (_, index) => index + 160)),
      /holds bytes of a pattern/,
    ],
    [
      'counting down by three',
      Buffer.from(Array.from({ length: 32 }, (_, index) => 250 - 3 * index)),
      /of a pattern/,
    ],
    ['hexadecimal digits', KEY.toString('hex').slice(0, 32), /holds text/],
    ['hexadecimal digits in capitals', KEY.toString('hex').slice(0, 32).toUpperCase(), /holds text/],
    ['base64', KEY.toString('base64').slice(0, 32), /holds text/],
    ['base64 with a line end', `${KEY.toString('base64url').slice(0, 31)}\n`, /holds text/],
    ['a sentence', 'correct horse battery staple, ok', /holds text/],
    ['a UUID without the last digits', '6f1c3b1e-93a5-4c0e-8f57-2a7de0b9', /holds text/],
    ['UTF-16', Buffer.from('Tr0ub4dor and 3.', 'utf16le'), /holds text/],
  ])('of %s is refused', (_, content, message) => {
    expect(refusalOf(put(content))).toMatch(message);
  });

  it('of random bytes is never refused as one of these', () => {
    for (let one = 0; one < 20_000; one += 1) expect(keyBytesFault(randomBytes(32))).toBeNull();
  });

  it('that is a named pipe, a device or a folder is refused without waiting for it', () => {
    execFileSync('mkfifo', ['-m', '600', at('pipe')]);
    expect(refusalOf(at('pipe'))).toContain('is a named pipe (FIFO), and not a plain file');
    expect(refusalOf('/dev/zero')).toContain('is a device');
    expect(refusalOf(folder)).toContain('is a folder');
    symlinkSync(at('pipe'), at('link'));
    expect(refusalOf(at('link'))).toContain('is a named pipe');
  });

  it('in a folder that others can write to is refused, unless the folder is sticky', () => {
    const path = put(KEY);
    for (const mode of [0o777, 0o770, 0o722]) {
      chmodSync(folder, mode);
      expect(refusalOf(path)).toMatch(/is in a folder that others can write to \(mode 7\d\d\)/);
    }
    chmodSync(folder, 0o1777);
    openKeyFile(path, 'linkage').close();
  });

  it('that is reached by a link is accepted if both folders are safe', () => {
    mkdirSync(at('real'), { mode: 0o700 });
    mkdirSync(at('links'), { mode: 0o700 });
    writeFileSync(at('real', 'key'), KEY, { mode: 0o600 });
    symlinkSync(at('real', 'key'), at('links', 'key'));
    openKeyFile(at('links', 'key'), 'linkage').close();
    for (const name of ['real', 'links']) {
      chmodSync(at(name), 0o777);
      expect(refusalOf(at('links', 'key'))).toContain('is in a folder that others can write to');
      chmodSync(at(name), 0o700);
    }
    rmSync(at('real', 'key'));
    expect(refusalOf(at('links', 'key'))).toContain('cannot be opened');
  });

  it.runIf(process.getuid?.() === 0)('of another user is refused', () => {
    const path = put(KEY);
    chownSync(path, 12_345, 12_345);
    expect(refusalOf(path)).toContain('belongs to another user (uid 12345)');
  });
});

describe('the rules for owner and mode are those of ssh', () => {
  const ME = 1000;
  it.each([
    [{ uid: ME, mode: 0o100600 }, null],
    [{ uid: ME, mode: 0o100640 }, 'is open to others (mode 640)'],
    [{ uid: 1001, mode: 0o100600 }, 'belongs to another user (uid 1001)'],
    [{ uid: 1001, mode: 0o100644 }, 'belongs to another user (uid 1001)'],
    [{ uid: 0, mode: 0o100440 }, null], // a secret that is mounted into a container
    [{ uid: 0, mode: 0o100444 }, 'is open to others (mode 444)'],
    [{ uid: 0, mode: 0o100460 }, 'is open to others (mode 460)'],
  ])('of a key file: %j', (stat, message) => {
    expect(keyFileFault(stat, ME, 'a.key')?.message ?? null).toBe(message);
  });

  it.each([
    [{ uid: ME, mode: 0o040700 }, null],
    [{ uid: ME, mode: 0o040755 }, null],
    [{ uid: 0, mode: 0o041777 }, null],
    [{ uid: 1001, mode: 0o040755 }, 'is in a folder of another user (uid 1001)'],
    [{ uid: 0, mode: 0o040777 }, 'is in a folder that others can write to (mode 777)'],
    [{ uid: ME, mode: 0o040775 }, 'is in a folder that others can write to (mode 775)'],
  ])('of its folder: %j', (stat, message) => {
    expect(keyFolderFault(stat, ME)?.message ?? null).toBe(message);
  });
});

describe('one key file for both purposes', () => {
  it('is recognised by both keys, or by the id of the one that is not open', () => {
    const [ring, copy] = [new KeyRing(KEY), new KeyRing(KEY)];
    const refused = expect.objectContaining({ exitCode: 3 });
    expect(() => assertTwoKeys(ring.keyId, copy.keyId, 'release.key')).toThrow(refused);
    expect(() => assertTwoKeys(ring.keyId, new KeyRing(randomBytes(32)).keyId, 'release.key')).not.toThrow();
  });

  it('is recognised by its path, under another name or through a link', () => {
    const path = put(KEY);
    linkSync(path, at('hard.key'));
    symlinkSync(path, at('soft.key'));
    copyFileSync(path, at('copy.key'));
    const refused = expect.objectContaining({ exitCode: 3 });
    for (const name of ['hard.key', 'soft.key', 'some.key']) {
      expect(() => assertTwoKeyFiles(path, at(name))).toThrow(refused);
    }
    expect(() => assertTwoKeyFiles(path, at('copy.key'))).not.toThrow();
    expect(() => assertTwoKeyFiles(at('gone.key'), at('gone, too.key'))).not.toThrow();
  });
});

describe('a debugger', () => {
  it('that nobody requested prevents a key from being opened', () => {
    const url = 'ws://127.0.0.1:9229/x';
    const refused = expect.objectContaining({ exitCode: 3 });
    expect(() => assertNoDebugger(undefined, [])).not.toThrow();
    expect(() => assertNoDebugger(url, ['', '--enable-source-maps'])).toThrow(refused);
    expect(() => assertNoDebugger(url, ['--inspect-port=0'])).toThrow(refused);
    expect(() => assertNoDebugger(url, ['--inspect'])).not.toThrow();
    expect(() => assertNoDebugger(url, ['--max-old-space-size=100 --inspect-brk=0.0.0.0:1'])).not.toThrow();
  });
});
