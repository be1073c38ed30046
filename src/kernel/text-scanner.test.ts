import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EXIT } from '../domain/problem.ts';
import { FIRST_GUARD_AT, POSITIONS_GUARD_AT, SCAN_BYTES, TEXT_GUARD_AT } from './memory-layout.ts';
import { TextScanner } from './text-scanner.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;

/** The specification of assembly/scan.ts, byte by byte; null for a text that is not regular. */
function positionsOf(text: string): number[] | null {
  const found: number[] = [];
  let isWithin = false;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at];
    if (byte === '"') {
      if (isWithin) {
        const behind = text.slice(at + 1, at + 3);
        if (!/^(|[,\n"].?|\r\n?)$/s.test(behind)) return null;
      } else if (at > 0 && !/[,\n"]/.test(text[at - 1]!)) return null;
      isWithin = !isWithin;
    } else if (!isWithin && (byte === ',' || byte === '\n')) found.push(at);
  }
  return found;
}

const texts = fc
  .array(
    fc.constantFrom('"', '""', ',', '\n', '\r\n', '\r', 'a', 'bcd', ',"', '",', '"x,y"', 'z'.repeat(61)),
    {
      maxLength: 60,
    },
  )
  .map((parts) => parts.join(''));

test('delimiters and line ends outside quotes are found, and a text that is not regular is refused', () => {
  const scanner = new TextScanner();
  let regular = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const expected = positionsOf(text);
      const found = scanner.scan(Buffer.from(text), COMMA, QUOTE);
      expect(found === null ? null : [...found]).toEqual(expected);
      if (expected !== null && text.includes('"')) regular += 1;
    }),
    { numRuns: 5000 },
  );
  expect(regular).toBeGreaterThan(100);
});

test('a full text of delimiters only stays within the regions', () => {
  const scanner = new TextScanner();
  const found = scanner.scan(new Uint8Array(SCAN_BYTES).fill(COMMA), COMMA, QUOTE);
  expect(found?.length).toBe(SCAN_BYTES);
  expect(found?.every((position, index) => position === index)).toBe(true);
  expect(() => scanner.scan(new Uint8Array(SCAN_BYTES + 1), COMMA, QUOTE)).toThrow(RangeError);
});

test('the rest of an earlier text after this one is ignored', () => {
  const scanner = new TextScanner();
  scanner.scan(Buffer.from('",'.repeat(500)), COMMA, QUOTE);
  expect(scanner.scan(Buffer.from('a,b\n'), COMMA, QUOTE)).toEqual(Uint32Array.of(1, 3));
});

test('a byte written past a region is a fault of the program', () => {
  for (const guard of [FIRST_GUARD_AT, TEXT_GUARD_AT, POSITIONS_GUARD_AT]) {
    const scanner = new TextScanner();
    const { buffer } = scanner.scan(Buffer.from('a,b\n'), COMMA, QUOTE)!;
    new Uint8Array(buffer)[guard + 15]! ^= 1;
    expect(() => scanner.scan(Buffer.from('a,b\n'), COMMA, QUOTE)).toThrow(
      expect.objectContaining({ exitCode: EXIT.bug }),
    );
  }
});

test('clear leaves nothing of the text', () => {
  const scanner = new TextScanner();
  const { buffer } = scanner.scan(Buffer.from('Quillfeather,1\n'), COMMA, QUOTE)!;
  scanner.clear();
  expect(Buffer.from(buffer).includes('Quill')).toBe(false);
  expect(scanner.scan(Buffer.from('a,b\n'), COMMA, QUOTE)).toEqual(Uint32Array.of(1, 3));
});
