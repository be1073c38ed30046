import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAD_QUOTE, fileText, RAGGED, utf8 } from './test-rig/nasty-file.ts';
import { hasOddCount, type TextRange, textRanges } from './text-ranges.ts';

const QUOTE = 0x22;
const LF = 0x0a;

/** The ranges of a text that comes in pieces of so many bytes. */
async function cut(text: Buffer, size: number, pieceBytes: number): Promise<TextRange[]> {
  async function* pieces() {
    for (let start = 0; start < text.length; start += pieceBytes)
      yield text.subarray(start, start + pieceBytes);
  }
  const ranges: TextRange[] = [];
  for await (const range of textRanges(pieces(), QUOTE, size)) ranges.push(range);
  return ranges;
}

const quotesIn = (text: Uint8Array) => text.filter((byte) => byte === QUOTE).length;

describe('ranges of a text', () => {
  it('are the text, and each but the last one ends behind a line end that an even number of quotes goes before', async () => {
    let cuts = 0;
    const sizes = fc.integer({ min: 1, max: 400 });
    const texts = fileText(fc.oneof(RAGGED, BAD_QUOTE), 5);
    await fc.assert(
      fc.asyncProperty(texts, sizes, sizes, async (text, size, pieceBytes) => {
        const ranges = await cut(text, size, pieceBytes);
        expect(Buffer.concat(ranges.map((one) => one.text)).equals(text)).toBe(true);
        const last = ranges.length - 1;
        expect(ranges.map(({ isStart, isEnd }) => [isStart, isEnd])).toEqual(
          ranges.map((_, index) => [index === 0, index === last]),
        );
        for (const one of ranges.slice(0, -1)) {
          expect(one.text.length).toBeGreaterThanOrEqual(size);
          expect([one.text.at(-1), quotesIn(one.text) % 2]).toEqual([LF, 0]);
        }
        cuts += last;
      }),
    );
    expect(cuts).toBeGreaterThan(100);
  });

  it('are one where all line ends are within quotes', async () => {
    expect(await cut(utf8(`a,"${'x\n'.repeat(500)}"`), 16, 7)).toHaveLength(1);
  });

  it('of nothing are one of nothing', async () => {
    expect(await cut(utf8(''), 16, 7)).toEqual([{ text: new Uint8Array(0), isStart: true, isEnd: true }]);
  });
});

it('whether a byte occurs an odd number of times does not depend on where it is or what is around it', () => {
  const bytes = fc.array(fc.constantFrom(QUOTE, 0x22 ^ 0x80, 0x23, 0xa2, 0, 0x7f, 0xff, 0x61), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(bytes, fc.nat(5), (values, from) => {
      const text = Buffer.from(values).subarray(from);
      expect(hasOddCount(text, QUOTE)).toBe(quotesIn(text) % 2 === 1);
    }),
    { numRuns: 500 },
  );
});
