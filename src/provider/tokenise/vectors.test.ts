import { createHmac, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../keys/key-ring.ts';
import { PairHasher } from '../../keys/pair-hasher.ts';
import { releaseInfo, type TokenKind } from '../../keys/recipes.ts';
import { TokenKernel } from './token-kernel.ts';

const LINKAGE = Uint8Array.from({ length: 32 }, (_, byte) => byte);
const RELEASE = Uint8Array.from({ length: 32 }, (_, byte) => byte + 32);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const README = readFileSync(new URL('README.md', import.meta.url), 'utf8');
/** Lines of the README's block of vectors: what, text, expected. The bars inside composites have no blanks around them. */
const VECTORS = (/```text\n([\s\S]*?)```/.exec(README)?.[1] ?? '')
  .trim()
  .split('\n')
  .map((line) => line.split(/ \| | \|$/) as [string, string, string])
  .map(([what, ...rest]) => ({ what, text: rest.slice(0, -1).join(' | ').trim(), expected: rest.at(-1)! }));

describe('the worked vectors of the specification', () => {
  it('are all there', () => expect(VECTORS).toHaveLength(16));

  it.each(VECTORS)('$what of $text', ({ what, text, expected }) => {
    const ring = new KeyRing(LINKAGE);
    if (what === 'key id') {
      expect(ring.keyId).toBe(expected);
      return;
    }
    const [, of] = /^pseudonym of (person|record)$/.exec(what) ?? [];
    const kind = (
      of === 'person' ? 'nhs-number' : of === 'record' ? 'record-id/community_referrals' : what
    ) as TokenKind;
    const token = new TokenKernel(ring, [kind]).tokenOf(kind, text);
    if (of === undefined) {
      expect(hex(token)).toBe(expected);
      return;
    }
    const info = `${releaseInfo('demo-001')}${of === 'record' ? '/record' : ''}`;
    expect(new PairHasher(new KeyRing(RELEASE), info).hashOne(token)).toBe(expected);
  });

  it('follow from HKDF and HMAC alone', () => {
    const key = Buffer.from(hkdfSync('sha256', LINKAGE, '', 'tallystick/v1/token/nhs-number', 32));
    expect(README).toContain(key.toString('hex'));
    const token = createHmac('sha256', key).update('9434765919').digest().subarray(0, 16);
    expect(README).toContain(token.toString('hex'));
    expect(README).toContain(
      `\`nhs_a\` = ${token.readBigInt64LE(0)}, \`nhs_b\` = ${token.readBigInt64LE(8)}`,
    );
  });
});

describe('a key ring', () => {
  it('derives as RFC 5869 says (test case 3 has no salt and no info)', () => {
    // the input key of test case 3 has 22 bytes; a ring takes any length, a key file does not
    const ring = new KeyRing(Buffer.from('0b'.repeat(22), 'hex'));
    expect(hex(ring.derive(''))).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d');
  });

  it('never shows its key, however it is printed', () => {
    const ring = new KeyRing(LINKAGE);
    const shown = [
      String(ring),
      JSON.stringify({ ring }),
      inspect(ring, { depth: 5, showHidden: true }),
    ].join();
    expect(shown).not.toContain('0, 1, 2, 3');
    expect(shown).not.toContain('000102');
    expect(shown).toContain('[key]');
  });

  it('gives each purpose another key, and each agreement another pseudonym', () => {
    const ring = new KeyRing(RELEASE);
    const token = new Uint8Array(16).fill(7);
    const pseudonyms = ['demo-001', 'demo-002'].map((name) =>
      new PairHasher(ring, releaseInfo(name)).hashOne(token),
    );
    expect(new Set(pseudonyms).size).toBe(2);
  });

  it('holds nothing after it is closed', () => {
    const ring = new KeyRing(LINKAGE);
    const before = hex(ring.derive('x'));
    ring.close();
    expect(hex(ring.derive('x'))).not.toBe(before);
  });
});
