import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BATCH, HmacKernel, MAX_MESSAGE_BYTES, SLOT_BYTES, TOKEN_BYTES } from './hmac-kernel.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const expected = (key: Uint8Array, message: Uint8Array): string =>
  hex(createHmac('sha256', key).update(message).digest().subarray(0, TOKEN_BYTES));

/** Writes a message into a slot, with `litter` in every byte of the slot after it. */
function put(kernel: HmacKernel, index: number, message: Uint8Array, litter = 0): void {
  kernel.slots.fill(litter, index * SLOT_BYTES, (index + 1) * SLOT_BYTES);
  kernel.slots.set(message, index * SLOT_BYTES);
  kernel.lengths[index] = message.length;
}

/** Token `index` as bytes in memory order. */
function tokenOf(kernel: HmacKernel, index: number): string {
  const { buffer } = kernel.first;
  return (
    hex(new Uint8Array(buffer, kernel.first.byteOffset + index * 8, 8)) +
    hex(new Uint8Array(buffer, kernel.second.byteOffset + index * 8, 8))
  );
}

function oneToken(kernel: HmacKernel, keySlot: number, message: Uint8Array): string {
  const out = new Uint8Array(TOKEN_BYTES);
  kernel.hashOne(keySlot, message, out);
  return hex(out);
}

/**
 * Repeatable noise: xorshift32. A batch of 2048 messages is too much to let fast-check generate byte by byte.
 */
function noise(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
const noiseBytes = (next: (below: number) => number, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => next(256));

const bytes = (value: number, length: number): Uint8Array => new Uint8Array(length).fill(value);
const ascii = (text: string): Uint8Array => Buffer.from(text, 'ascii');

// RFC 4231, 4.2 to 4.8, cut to the first 16 bytes (as case 5 is there).
const rfc4231: [name: string, key: Uint8Array, data: Uint8Array, token: string][] = [
  ['1', bytes(0x0b, 20), ascii('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b'],
  ['2', ascii('Jefe'), ascii('what do ya want for nothing?'), '5bdcc146bf60754e6a042426089575c7'],
  ['3', bytes(0xaa, 20), bytes(0xdd, 50), '773ea91e36800e46854db8ebd09181a7'],
  [
    '4',
    Uint8Array.from({ length: 25 }, (_, i) => i + 1),
    bytes(0xcd, 50),
    '82558a389a443c0ea4cc819899f2083a',
  ],
  ['5', bytes(0x0c, 20), ascii('Test With Truncation'), 'a3b6167473100ee06e0c796c2955552b'],
  [
    '6: a key longer than a block',
    bytes(0xaa, 131),
    ascii('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f',
  ],
  [
    '7: key and data longer than a block',
    bytes(0xaa, 131),
    ascii(
      'This is a test using a larger than block-size key and a larger than block-size data. ' +
        'The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    '9b09ffa71b942fcb27635fbcd5b0e944',
  ],
];

test.each(rfc4231)('RFC 4231, case %s', (_, key, data, token) => {
  const kernel = new HmacKernel(1);
  kernel.loadKey(0, key);
  expect(oneToken(kernel, 0, data)).toBe(token);
  if (data.length > MAX_MESSAGE_BYTES) return;
  put(kernel, 0, data);
  kernel.hash(0, 1);
  expect(tokenOf(kernel, 0)).toBe(token);
});

test('every length from 0 to 200, and every key length to 130, agrees with node:crypto', () => {
  const next = noise(2104);
  const kernel = new HmacKernel(1);
  for (let length = 0; length <= 200; length += 1) {
    const key = noiseBytes(next, length % 131);
    const message = noiseBytes(next, length);
    kernel.loadKey(0, key);
    expect(oneToken(kernel, 0, message), `one, length ${length}`).toBe(expected(key, message));
    if (length > MAX_MESSAGE_BYTES) continue;
    put(kernel, 0, message, 0xff);
    kernel.hash(0, 1);
    expect(tokenOf(kernel, 0), `batch, length ${length}`).toBe(expected(key, message));
  }
});

test('any batch under any of several keys, with litter after the messages, agrees with node:crypto', () => {
  const kernel = new HmacKernel(3); // one for all runs, so that each finds the leftovers of the last one
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 3, maxLength: 3 }),
      fc.array(
        fc.record({
          keySlot: fc.nat(2),
          count: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: BATCH })),
          seed: fc.integer(),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      fc.uint8Array({ maxLength: 200 }),
      (keys, batches, single) => {
        for (const [slot, key] of keys.entries()) kernel.loadKey(slot, key);
        for (const { keySlot, count, seed } of batches) {
          const next = noise(seed);
          const messages = Array.from({ length: count }, () => noiseBytes(next, next(MAX_MESSAGE_BYTES + 1)));
          for (const [index, message] of messages.entries()) put(kernel, index, message, next(256));
          kernel.hash(keySlot, count);
          const key = keys[keySlot]!;
          expect(oneToken(kernel, keySlot, single)).toBe(expected(key, single));
          expect(messages.map((_, index) => tokenOf(kernel, index))).toEqual(
            messages.map((message) => expected(key, message)),
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('a last group of fewer than four reveals neither its neighbours nor an earlier batch', () => {
  const kernel = new HmacKernel(1);
  kernel.loadKey(0, bytes(1, 32));
  for (let i = 0; i < 8; i += 1) put(kernel, i, bytes(i, 50));
  kernel.hash(0, 8);
  kernel.lengths[6] = 1_000_000; // after the count, so ignored
  put(kernel, 4, ascii('short'), 0xee);
  kernel.hash(0, 5);
  expect(tokenOf(kernel, 4)).toBe(expected(bytes(1, 32), ascii('short')));
  for (const index of [5, 6, 7]) expect(tokenOf(kernel, index)).toBe('0'.repeat(32));
});

test('the views stay valid, and a full batch fills them to the end', () => {
  const kernel = new HmacKernel(40);
  const { slots, first } = kernel;
  for (let slot = 0; slot < 40; slot += 1) kernel.loadKey(slot, bytes(slot, 32));
  for (let i = 0; i < BATCH; i += 1) put(kernel, i, ascii(`message ${i}`));
  kernel.hash(39, BATCH);
  expect(slots.byteLength).toBe(BATCH * SLOT_BYTES);
  expect(first.byteLength).toBe(BATCH * 8);
  expect(tokenOf(kernel, BATCH - 1)).toBe(expected(bytes(39, 32), ascii(`message ${BATCH - 1}`)));
});

test('first and second are little-endian integers', () => {
  const kernel = new HmacKernel(1);
  kernel.loadKey(0, bytes(1, 32));
  put(kernel, 0, ascii('x'));
  kernel.hash(0, 1);
  const digest = createHmac('sha256', bytes(1, 32)).update('x').digest();
  expect(kernel.first[0]).toBe(digest.readBigInt64LE(0));
  expect(kernel.second[0]).toBe(digest.readBigInt64LE(8));
});

test.each([32, 64, 131])('nothing of a key of %i bytes is left in memory but its states', (length) => {
  const kernel = new HmacKernel(1);
  const key = noiseBytes(noise(length), length);
  const memory = Buffer.from(kernel.slots.buffer);
  kernel.loadKey(0, key);
  // RFC 2104: for a key longer than a block, its digest is used instead.
  const secrets = length > SLOT_BYTES ? [key, createHash('sha256').update(key).digest()] : [key];
  for (const secret of secrets) {
    for (const pad of [0, 0x36, 0x5c]) {
      const padded = secret.map((byte) => byte ^ pad);
      for (let at = 0; at + 4 <= secret.length; at += 4) {
        const word = Buffer.from(padded.subarray(at, at + 4));
        expect(memory.includes(word)).toBe(false);
        expect(memory.includes(word.reverse())).toBe(false);
      }
    }
  }
});

test('close leaves only zeros, and no key to hash with', () => {
  const kernel = new HmacKernel(2);
  kernel.loadKey(1, bytes(7, 32));
  put(kernel, 0, ascii('9434765919'));
  kernel.hash(1, 1);
  oneToken(kernel, 1, bytes(65, 120));
  kernel.close();
  expect(new Uint8Array(kernel.slots.buffer).every((byte) => byte === 0)).toBe(true);
  expect(() => kernel.hash(1, 1)).toThrow(RangeError);
  expect(() => oneToken(kernel, 1, ascii('x'))).toThrow(RangeError);
  expect(() => kernel.loadKey(1, bytes(7, 32))).toThrow('closed');
});

test('a message that cannot be hashed is refused', () => {
  const kernel = new HmacKernel(2);
  expect(() => kernel.hash(0, 1)).toThrow('Key slot 0 holds no key.');
  expect(() => kernel.loadKey(2, bytes(1, 32))).toThrow('There is no key slot 2.');
  kernel.loadKey(0, bytes(1, 32));
  expect(() => kernel.hash(1, 1)).toThrow(RangeError);
  for (const count of [-1, 1.5, BATCH + 1, Number.NaN])
    expect(() => kernel.hash(0, count)).toThrow(RangeError);
  for (const length of [MAX_MESSAGE_BYTES + 1, -1]) {
    kernel.lengths[3] = length;
    expect(() => kernel.hash(0, 4)).toThrow('Message 3');
  }
  kernel.hash(0, 3);
  expect(() => new HmacKernel(0)).toThrow(RangeError);
});
