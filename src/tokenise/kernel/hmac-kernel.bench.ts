import { createHmac } from 'node:crypto';
import { BATCH, HmacKernel, SLOT_BYTES } from './hmac-kernel.ts';
import {
  readInt64,
  viewSlots,
  writeBar,
  writeDigit,
  writeDigits10,
  writeInlineText,
  writeIsoDate,
} from './slots-text.ts';

/*
 * What a token costs, in one process and interleaved, so that all ways meet the same machine. Run it compiled
 * (README.md says how). All data is made up.
 */

const ROUNDS = 400;
const KEY = new Uint8Array(32).fill(7);

/** Vectors of made-up people, as DuckDB hands them over. */
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

/** The same tokens by node:crypto, from the texts in the slots. */
function hashWithCreateHmac(): void {
  for (let i = 0; i < BATCH; i += 1) {
    const at = i * SLOT_BYTES;
    createHmac('sha256', KEY)
      .update(kernel.slots.subarray(at, at + kernel.lengths[i]!))
      .digest();
  }
}

const longMessage = new Uint8Array(100).fill(65);
const token = new Uint8Array(16);
function hashLongMessages(): void {
  for (let i = 0; i < BATCH; i += 1) kernel.hashOne(0, longMessage, token);
}

const ways: Record<string, () => void> = {
  'fill slots with nhs|dob|sex|postcode': fillTuples,
  'kernel alone': () => kernel.hash(0, BATCH),
  'fill slots with a key of up to 12 bytes': fillLocalKeys,
  'fill nhs|dob|sex|postcode and hash': () => {
    fillTuples();
    kernel.hash(0, BATCH);
  },
  'hashOne, 100 bytes': hashLongMessages,
  createHmac: hashWithCreateHmac,
};

const nanoseconds = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (let i = 0; i < 300; i += 1) {
  fillTuples();
  kernel.hash(0, BATCH);
}
for (let round = -20; round < ROUNDS; round += 1) {
  for (const [name, run] of Object.entries(ways)) {
    const start = performance.now();
    run();
    if (round >= 0) nanoseconds.get(name)!.push(((performance.now() - start) * 1e6) / BATCH);
  }
}
for (const [name, samples] of nanoseconds) {
  samples.sort((x, y) => x - y);
  const at = (part: number): number => samples[Math.floor(part * (samples.length - 1))]!;
  const [median, low, high] = [at(0.5), at(0.1), at(0.9)].map((value) => value.toFixed(1));
  const perSecond = (1000 / at(0.5)).toFixed(2);
  console.log(
    `${name.padEnd(42)} ${median} ns (10th-90th percentile ${low}-${high}), ${perSecond} million/s`,
  );
}
