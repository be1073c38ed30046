import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { EXIT, TallystickError } from '../domain/problem.ts';
import { requireGuards, setGuards } from './guards.ts';
import { HmacKernel, TOKEN_BYTES } from './hmac-kernel.ts';
import { instantiateKernel } from './kernel-binary.ts';
import {
  BATCH,
  FIRST_AT,
  GUARD_BYTES,
  LENGTHS_AT,
  SECOND_AT,
  SLOT_BYTES,
  SLOTS_AT,
} from './memory-layout.ts';
import { guardsAt, keyAt, pagesFor } from './memory-regions.ts';

const KEYS = 2;
const KEY = new Uint8Array(32).fill(5);
const NOTHING = new Uint8Array(TOKEN_BYTES);

function loadedKernel(): HmacKernel {
  const kernel = new HmacKernel(KEYS);
  for (let slot = 0; slot < KEYS; slot += 1) kernel.loadKey(slot, KEY);
  return kernel;
}

function faultOf(call: () => void): TallystickError {
  try {
    call();
  } catch (fault) {
    if (fault instanceof TallystickError) return fault;
    throw fault;
  }
  throw new Error('it was not refused');
}

test('a byte written past any region is a fault of the program, found at every call, permanently', () => {
  for (const guard of guardsAt(KEYS)) {
    for (let at = guard; at < guard + GUARD_BYTES; at += 1) {
      const kernel = loadedKernel();
      const memory = new Uint8Array(kernel.slots.buffer);
      memory[at]! ^= 0x80;
      const out = new Uint8Array(TOKEN_BYTES);
      for (const call of [
        () => kernel.hash(0, 1),
        () => kernel.hashOne(1, KEY, out),
        () => kernel.loadKey(1, KEY),
      ]) {
        const fault = faultOf(call);
        expect(fault.exitCode).toBe(EXIT.bug);
        expect(fault.message).toContain(`into the guard at byte ${guard}`);
      }
      expect(out).toEqual(NOTHING);
    }
  }
});

test('a batch that the kernel itself writes past its region is refused', () => {
  const { memory, code } = instantiateKernel(pagesFor(1));
  const words = new Int32Array(memory.buffer);
  const guards = guardsAt(1);
  setGuards(words, guards);
  code.hashBatch(keyAt(0), BATCH);
  expect(() => requireGuards(words, guards)).not.toThrow();
  code.hashBatch(keyAt(0), BATCH + 1);
  expect(faultOf(() => requireGuards(words, guards)).message).toContain(`byte ${FIRST_AT + BATCH * 8}`);
});

test('regions and guards leave no byte between them, and the views of the kernel end before a guard', () => {
  const kernel = loadedKernel();
  const { slots, lengths, first, second } = kernel;
  expect([slots.byteOffset, lengths.byteOffset, first.byteOffset, second.byteOffset]).toEqual([
    SLOTS_AT,
    LENGTHS_AT,
    FIRST_AT,
    SECOND_AT,
  ]);
  const guards = guardsAt(KEYS);
  expect([slots, lengths, first, second].map((view) => view.byteOffset - GUARD_BYTES)).toEqual(
    guards.slice(0, 4),
  );
  expect(guards[4]).toBe(second.byteOffset + second.byteLength);
  expect(guards.at(-1)).toBe(keyAt(KEYS) - GUARD_BYTES);
  for (const view of [slots, lengths]) view.fill(-1);
  for (const view of [first, second]) view.fill(-1n);
  const out = new Uint8Array(TOKEN_BYTES);
  kernel.hashOne(0, KEY, out);
  expect(Buffer.from(out)).toEqual(createHmac('sha256', KEY).update(KEY).digest().subarray(0, TOKEN_BYTES));
  expect(slots.byteLength).toBe(BATCH * SLOT_BYTES);
});
