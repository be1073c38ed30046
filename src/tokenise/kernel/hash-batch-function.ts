import {
  add,
  and,
  bytesEqual,
  bytesLess,
  type Code,
  call,
  get,
  i32,
  i32Add,
  i32LessUnsigned,
  load,
  loadByteSplat,
  repeatWhile,
  select,
  set,
  shiftLeft,
  shuffle,
  store,
  v128,
} from './instructions.ts';
import {
  DIGEST_AT,
  FIRST_AT,
  INNER_BLOCK_AT,
  LANES,
  LENGTHS_AT,
  OUTER_BLOCK_AT,
  SECOND_AT,
  SLOT_BYTES,
  SLOTS_AT,
  STATE_BYTES,
  VECTOR_BYTES,
} from './memory-layout.ts';
import { ValueType, type WasmFunction } from './wasm-module.ts';

// Parameters: the address of a key's two pad states, and how many messages to hash.
const KEY = 0;
const COUNT = 1;
// Locals: the message number, offsets that step through slots (64 bytes a message), lengths (4), outputs (8).
const MESSAGE = 2;
const SLOT = 3;
const LENGTH = 4;
const OUTPUT = 5;
// Locals: the lengths of four messages, each in all sixteen lanes; a row of each; halves of a transposition.
const LENGTH_OF = 6;
const ROW = 10;
const HALF = 14;

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const splatByte = (value: number): Code => v128(Array<number>(16).fill(value));
const splatWord = (value: number): Code => v128(range(16).map((i) => (value >>> (8 * (i % 4))) & 0xff));

/** Shuffles of two vectors of four words a b c d, e f g h. */
const words = (...picked: readonly number[]): number[] =>
  picked.flatMap((w) => range(4).map((i) => 4 * w + i));
const LOW_PAIRS = words(0, 4, 1, 5); // a e b f
const HIGH_PAIRS = words(2, 6, 3, 7); // c g d h
const LOW_HALVES = words(0, 1, 4, 5); // a b e f
const HIGH_HALVES = words(2, 3, 6, 7); // c d g h
/** The same with each word's bytes turned about: SHA-256 is big-endian, WebAssembly little-endian. */
const swapped = (lanes: readonly number[]): number[] => lanes.map((lane) => lane ^ 3);

/**
 * Sixteen bytes of a message with what SHA-256 wants behind the message: one byte 0x80, then zeros. What the
 * caller left in the slot behind the message goes. (Lengths are at most 63 where it matters, so a signed
 * comparison does.)
 */
function paddedRow(lane: number, quarter: number): Code {
  const positions = v128(range(16).map((i) => quarter * 16 + i));
  return select(
    load(get(SLOT), SLOTS_AT + lane * SLOT_BYTES + quarter * 16),
    and(bytesEqual(positions, get(LENGTH_OF + lane)), splatByte(0x80)),
    bytesLess(positions, get(LENGTH_OF + lane)),
  );
}

/** Words 4q to 4q + 3 of four messages: four rows of a message each become four columns of a word each. */
function transposeQuarter(quarter: number): Code {
  const column = (index: number, value: Code): Code =>
    store(i32(0), INNER_BLOCK_AT + (quarter * 4 + index) * VECTOR_BYTES, value);
  const both = (lanes: readonly number[]): Code => shuffle(get(HALF), get(HALF + 1), swapped(lanes));
  return [
    range(LANES).map((lane) => set(ROW + lane, paddedRow(lane, quarter))),
    set(HALF, shuffle(get(ROW), get(ROW + 1), LOW_PAIRS)),
    set(HALF + 1, shuffle(get(ROW + 2), get(ROW + 3), LOW_PAIRS)),
    column(0, both(LOW_HALVES)),
    column(1, both(HIGH_HALVES)),
    set(HALF, shuffle(get(ROW), get(ROW + 1), HIGH_PAIRS)),
    set(HALF + 1, shuffle(get(ROW + 2), get(ROW + 3), HIGH_PAIRS)),
    column(2, both(LOW_HALVES)),
    column(3, both(HIGH_HALVES)),
  ];
}

/**
 * The last word of the inner block: the message's bits, and those of the pad block before it. (Word 14 stays
 * zero.)
 */
const storeBitLengths: Code = store(
  i32(0),
  INNER_BLOCK_AT + 15 * VECTOR_BYTES,
  shiftLeft(add(load(get(LENGTH), LENGTHS_AT), splatWord(SLOT_BYTES)), 3),
);

/** Two words of four digests, columns again made rows: the eight bytes of each message side by side. */
function storeHalfDigests(outputAt: number, firstWord: number): Code {
  const digestWord = (index: number): Code => load(i32(0), DIGEST_AT + index * VECTOR_BYTES);
  return [
    set(HALF, digestWord(firstWord)),
    set(HALF + 1, digestWord(firstWord + 1)),
    store(get(OUTPUT), outputAt, shuffle(get(HALF), get(HALF + 1), swapped(LOW_PAIRS))),
    store(get(OUTPUT), outputAt + VECTOR_BYTES, shuffle(get(HALF), get(HALF + 1), swapped(HIGH_PAIRS))),
  ];
}

const advance = (local: number, step: number): Code => set(local, i32Add(get(local), i32(step)));

/**
 * `hashBatch(key, count)`: messages 0 to count - 1, count at least one, four at a time. A last group of fewer
 * than four is hashed as four: what that writes behind `count` is for the caller to clear. `compressIndex` is
 * the number of the function that compresses.
 */
export const hashBatchFunction = (compressIndex: number): WasmFunction => ({
  name: 'hashBatch',
  parameters: 2,
  locals: [...Array<ValueType>(4).fill(ValueType.i32), ...Array<ValueType>(10).fill(ValueType.v128)],
  body: repeatWhile(i32LessUnsigned(get(MESSAGE), get(COUNT)), [
    range(LANES).map((lane) => set(LENGTH_OF + lane, loadByteSplat(get(LENGTH), LENGTHS_AT + lane * 4))),
    range(4).map(transposeQuarter),
    storeBitLengths,
    call(compressIndex, get(KEY), i32(INNER_BLOCK_AT), i32(OUTER_BLOCK_AT)),
    call(compressIndex, i32Add(get(KEY), i32(STATE_BYTES)), i32(OUTER_BLOCK_AT), i32(DIGEST_AT)),
    storeHalfDigests(FIRST_AT, 0),
    storeHalfDigests(SECOND_AT, 2),
    advance(MESSAGE, LANES),
    advance(SLOT, LANES * SLOT_BYTES),
    advance(LENGTH, LANES * 4),
    advance(OUTPUT, LANES * 8),
  ]),
});
