import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLists } from './compare-lists.ts';
import { hasToken, readTokenLines, tokenCount, tokenLines, tokenList, tokensIn } from './token-list.ts';

/** Tokens that often share their first words. */
const tokens = fc.array(fc.uint8Array({ minLength: 16, maxLength: 16, max: 2 }), { maxLength: 30 });
const hexOf = (token: Uint8Array) => Buffer.from(token).toString('hex');
const listOf = (some: readonly Uint8Array[]) => tokenList(Buffer.concat(some));
const sorted = (some: readonly Uint8Array[]) => [...new Set(some.map(hexOf))].sort();

describe('a list of tokens', () => {
  it('has each token once, in the order of the hexadecimal digits, and its lines are these digits', () => {
    fc.assert(
      fc.property(tokens, (some) => {
        const list = listOf(some);
        expect(Array.from(tokensIn(list), hexOf)).toEqual(sorted(some));
        const lines = tokenLines(list);
        expect(lines.toString('latin1')).toBe(
          sorted(some)
            .map((hex) => `${hex}\n`)
            .join(''),
        );
        expect(readTokenLines(lines)).toEqual(list);
      }),
    );
  });

  it('is in the same order where it is long, and some of its tokens begin alike', () => {
    const bytes = new Uint8Array(16 * 70_000);
    const view = new DataView(bytes.buffer);
    let seed = 1;
    for (let word = 0; word < bytes.length / 4; word += 1) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      view.setUint32(word * 4, word % 4 === 0 ? (seed % 20_000) << 12 : seed);
    }
    const expected = sorted(Array.from({ length: 70_000 }, (_, at) => bytes.subarray(at * 16, at * 16 + 16)));
    const list = tokenList(bytes);
    expect(tokenCount(list)).toBe(expected.length);
    expect(Array.from(tokensIn(list), hexOf)).toEqual(expected);
  });

  it('knows its tokens', () => {
    fc.assert(
      fc.property(tokens, tokens, (some, others) => {
        const list = listOf(some);
        const known = new Set(some.map(hexOf));
        for (const token of [...some, ...others]) expect(hasToken(list, token)).toBe(known.has(hexOf(token)));
      }),
    );
  });

  it('is compared with another as sets are', () => {
    fc.assert(
      fc.property(tokens, tokens, (asked, allowed) => {
        const [one, other] = [new Set(asked.map(hexOf)), new Set(allowed.map(hexOf))];
        const { strangers, leftOut } = compareLists(listOf(asked), listOf(allowed));
        expect(strangers).toBe([...other].filter((token) => !one.has(token)).length);
        expect(Array.from(tokensIn(leftOut), hexOf)).toEqual(
          sorted(asked).filter((token) => !other.has(token)),
        );
      }),
    );
  });

  it.each([
    ['a line too short', `${'0'.repeat(31)}\n`],
    ['another character', `${'0'.repeat(31)}g\n`],
    ['a capital letter', `${'0'.repeat(31)}A\n`],
    ['no line end', `${'0'.repeat(32)} `],
    ['two lines in the wrong order', `${'1'.repeat(32)}\n${'0'.repeat(32)}\n`],
    ['a line twice', `${'1'.repeat(32)}\n${'1'.repeat(32)}\n`],
  ])('is none with %s', (_, text) => {
    expect(readTokenLines(Buffer.from(text))).toBeNull();
  });
});
