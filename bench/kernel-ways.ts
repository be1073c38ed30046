import { createHmac } from 'node:crypto';
import { BATCH, HmacKernel, SLOT_BYTES } from '../src/kernel/hmac-kernel.ts';
import {
  readInt64,
  viewSlots,
  writeBar,
  writeDigit,
  writeDigits10,
  writeInlineText,
  writeIsoDate,
} from '../src/kernel/slots-text.ts';

/*
 * The ways to make a batch of tokens that the benches compare, over vectors of synthetic people in DuckDB's format.
 */

const KEY = new Uint8Array(32).fill(7);

const nhs = new Uint32Array(
  BigInt64Array.from({ length: BATCH }, (_, i) => 9_000_000_000n + BigInt(i) * 48_611n).buffer,
);
const dob = Int32Array.from(
  { length: BATCH },
  (_, i) => (1930 + (i % 90)) * 10_000 + (1 + (i % 12)) * 100 + 1 + (i % 28),
);
const sex = Int8Array.from({ length: BATCH }, (_, i) => 1 + (i % 2));
const postcode = stringVector((i) => `ZZ${i % 10}${(i >> 3) % 10}${i % 9}AB`.slice(i % 3));
const localKey = stringVector((i) => `P${String(i * 7919).padStart(4 + (i % 8), '0')}`);

function stringVector(textOf: (index: number) => string): Uint32Array {
  const bytes = Buffer.alloc(BATCH * 16);
  for (let i = 0; i < BATCH; i += 1) {
    bytes.writeUInt32LE(textOf(i).length, i * 16);
    bytes.write(textOf(i), i * 16 + 4, 'latin1');
  }
  return new Uint32Array(new Uint8Array(bytes).buffer);
}

const kernel = new HmacKernel(1);
kernel.loadKey(0, KEY);
const view = viewSlots(kernel.slots);

/** nhs|dob|sex|postcode for a whole batch. */
function fillTuples(): void {
  for (let i = 0; i < BATCH; i += 1) {
    const at = i * SLOT_BYTES;
    writeDigits10(view, at, readInt64(nhs, i));
    writeBar(view, at + 10);
    writeIsoDate(view, at + 11, dob[i]!);
    writeBar(view, at + 21);
    writeDigit(view, at + 22, sex[i]!);
    writeBar(view, at + 23);
    kernel.lengths[i] = 24 + writeInlineText(view, at + 24, postcode, i);
  }
}

function fillLocalKeys(): void {
  for (let i = 0; i < BATCH; i += 1) {
    kernel.lengths[i] = writeInlineText(view, i * SLOT_BYTES, localKey, i);
  }
}

const longMessage = new Uint8Array(100).fill(65);
const token = new Uint8Array(16);

/** Each makes (or, for the fills, prepares) one batch of tokens. */
export const KERNEL_WAYS = {
  'fill slots with nhs|dob|sex|postcode': fillTuples,
  'kernel alone': () => kernel.hash(0, BATCH),
  'fill slots with a key of up to 12 bytes': fillLocalKeys,
  'fill nhs|dob|sex|postcode and hash': () => {
    fillTuples();
    kernel.hash(0, BATCH);
  },
  'hashOne, 100 bytes': () => {
    for (let i = 0; i < BATCH; i += 1) kernel.hashOne(0, longMessage, token);
  },
  /** the tokens of the texts in the slots, by node:crypto */
  createHmac: () => {
    for (let i = 0; i < BATCH; i += 1) {
      const at = i * SLOT_BYTES;
      createHmac('sha256', KEY)
        .update(kernel.slots.subarray(at, at + kernel.lengths[i]!))
        .digest();
    }
  },
} satisfies Record<string, () => void>;

export type KernelWay = keyof typeof KERNEL_WAYS;

/** Batches until V8 has compiled the kernel for good. */
const WARM_UP = 300;
/** Warm-up rounds, whose times are not kept. */
const UNTIMED_ROUNDS = 20;

/**
 * Nanoseconds per token, one value for each round and way, in ascending order. The ways take turns, so that all run under the same conditions.
 */
export function timeKernelWays<Way extends KernelWay>(
  ways: readonly Way[],
  rounds: number,
): Map<Way, number[]> {
  for (let i = 0; i < WARM_UP; i += 1) KERNEL_WAYS['fill nhs|dob|sex|postcode and hash']();
  const nanoseconds = new Map(ways.map((way) => [way, [] as number[]]));
  for (let round = -UNTIMED_ROUNDS; round < rounds; round += 1) {
    for (const [way, samples] of nanoseconds) {
      const start = performance.now();
      KERNEL_WAYS[way]();
      if (round >= 0) samples.push(((performance.now() - start) * 1e6) / BATCH);
    }
  }
  for (const samples of nanoseconds.values()) samples.sort((x, y) => x - y);
  return nanoseconds;
}
