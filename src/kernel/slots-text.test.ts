import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HmacKernel, SLOT_BYTES } from './hmac-kernel.ts';
import {
  readInt64,
  viewSlots,
  writeBar,
  writeDigit,
  writeDigits10,
  writeInlineText,
  writeIsoDate,
} from './slots-text.ts';

const LITTER = 0x23; // #

/** The content of a littered slot after `write`. */
function written(write: (view: DataView) => void): string {
  const slot = new Uint8Array(SLOT_BYTES).fill(LITTER);
  write(viewSlots(slot));
  return Buffer.from(slot).toString('latin1').replace(/#+$/, '');
}

/**
 * DuckDB's string_t: the length, then up to twelve bytes of text (or, here, a pointer that is never followed).
 */
function strings(...texts: string[]): Uint32Array {
  const bytes = new Uint8Array(texts.length * 16);
  for (const [index, text] of texts.entries()) {
    const encoded = Buffer.from(text, 'utf8');
    new DataView(bytes.buffer).setUint32(index * 16, encoded.length, true);
    bytes.set(encoded.subarray(0, 12), index * 16 + 4);
  }
  return new Uint32Array(bytes.buffer);
}

const tenDigits = fc.oneof(
  fc.constantFrom(0, 999_999, 1_000_000, 9_999_999_999),
  fc.integer({ min: 0, max: 9_999_999_999 }),
);

test('a number is written as ten digits, with leading zeros, at any offset', () => {
  fc.assert(
    fc.property(tenDigits, fc.nat(45), (value, at) => {
      const text = '#'.repeat(at) + String(value).padStart(10, '0');
      expect(written((view) => writeDigits10(view, at, value))).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test('int64 values are read as exact numbers', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }), (value) => {
      expect(readInt64(new Uint32Array(BigInt64Array.of(-1n, value).buffer), 1)).toBe(Number(value));
    }),
  );
});

test('every day of four centuries is written as toISOString writes it', () => {
  const day = new Date(Date.UTC(1800, 0, 1));
  for (; day.getUTCFullYear() < 2200; day.setUTCDate(day.getUTCDate() + 1)) {
    const yyyymmdd = day.getUTCFullYear() * 10_000 + (day.getUTCMonth() + 1) * 100 + day.getUTCDate();
    const text = written((view) => writeIsoDate(view, 0, yyyymmdd));
    if (text !== day.toISOString().slice(0, 10)) expect(text).toBe(day.toISOString().slice(0, 10));
  }
});

test('text that a string_t holds itself is copied; longer text is left to the caller', () => {
  const vector = strings('', 'ZZ99 3VZ', 'twelve bytes', 'thirteen byte', 'é');
  expect(written((view) => expect(writeInlineText(view, 52, vector, 2)).toBe(12))).toMatch(/twelve bytes$/);
  expect(written((view) => expect(writeInlineText(view, 3, vector, 1)).toBe(8))).toMatch(
    /^###ZZ99 3VZ\0{4}$/,
  );
  expect(written((view) => expect(writeInlineText(view, 0, vector, 3)).toBe(-1))).toBe('');
  expect(written((view) => expect(writeInlineText(view, 0, vector, 0)).toBe(0))).toMatch(/^\0*$/);
  expect(written((view) => expect(writeInlineText(view, 0, vector, 4)).toBe(2))).toMatch(/^\xc3\xa9\0*$/);
});

test('values that do not fit are refused, and the message does not name them', () => {
  const view = new DataView(new ArrayBuffer(SLOT_BYTES));
  for (const value of [-1, 10_000_000_000, Number.NaN]) {
    expect(() => writeDigits10(view, 0, value)).toThrow(/^A value does not have ten digits\.$/);
  }
  for (const value of [-1, 100_000_000, Number.NaN])
    expect(() => writeIsoDate(view, 0, value)).toThrow(RangeError);
  for (const value of [-1, 10]) expect(() => writeDigit(view, 0, value)).toThrow(RangeError);
});

test('a composite written part by part has the hash of the joined text', () => {
  const kernel = new HmacKernel(1);
  const key = new Uint8Array(32).fill(3);
  kernel.loadKey(0, key);
  const view = viewSlots(kernel.slots);
  const nhs = new Uint32Array(BigInt64Array.of(9_434_765_919n, 9_000_000_009n).buffer);
  const postcodes = strings('ZZ993VZ', 'ZZ99AB');
  for (const index of [0, 1]) {
    const at = index * SLOT_BYTES;
    writeDigits10(view, at, readInt64(nhs, index));
    writeBar(view, at + 10);
    writeIsoDate(view, at + 11, 19_480_705);
    writeBar(view, at + 21);
    writeDigit(view, at + 22, 2);
    writeBar(view, at + 23);
    kernel.lengths[index] = 24 + writeInlineText(view, at + 24, postcodes, index);
  }
  kernel.hash(0, 2);
  for (const [index, text] of [
    '9434765919|1948-07-05|2|ZZ993VZ',
    '9000000009|1948-07-05|2|ZZ99AB',
  ].entries()) {
    const digest = createHmac('sha256', key).update(text).digest();
    expect(kernel.first[index]).toBe(digest.readBigInt64LE(0));
    expect(kernel.second[index]).toBe(digest.readBigInt64LE(8));
  }
});
