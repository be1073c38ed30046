import {
  add,
  and,
  type Code,
  get,
  i32,
  load,
  loadWordSplat,
  or,
  select,
  set,
  shiftLeft,
  shiftRight,
  store,
  xor,
} from './instructions.ts';
import { ROUND_CONSTANTS_AT, VECTOR_BYTES } from './memory-layout.ts';
import { ValueType, type WasmFunction } from './wasm-module.ts';

// Parameters: addresses of a state, of a block, and for the state that follows (it may be the first again).
const STATE_IN = 0;
const BLOCK = 1;
const STATE_OUT = 2;
// Locals: the rolling sixteen words of the message schedule, the working variables a-h, three passing values.
const WORD = 3;
const WORKING = 19;
const SUM = 27;
const A_XOR_B = 28;
const B_XOR_C = 29;

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const word = (index: number): number => WORD + (index % 16);

const rotateRight = (local: number, bits: number): Code =>
  or(shiftRight(get(local), bits), shiftLeft(get(local), 32 - bits));

// FIPS 180-4, 4.1.2
const bigSigma0 = (x: number): Code => xor(xor(rotateRight(x, 2), rotateRight(x, 13)), rotateRight(x, 22));
const bigSigma1 = (x: number): Code => xor(xor(rotateRight(x, 6), rotateRight(x, 11)), rotateRight(x, 25));
const smallSigma0 = (x: number): Code =>
  xor(xor(rotateRight(x, 7), rotateRight(x, 18)), shiftRight(get(x), 3));
const smallSigma1 = (x: number): Code =>
  xor(xor(rotateRight(x, 17), rotateRight(x, 19)), shiftRight(get(x), 10));
const choose = (x: number, y: number, z: number): Code => select(get(y), get(z), get(x));

/** Word t of the schedule, from round 16 on, over the word of sixteen rounds ago. */
const extendSchedule = (t: number): Code =>
  set(word(t), add(get(word(t)), smallSigma0(word(t + 1)), get(word(t + 9)), smallSigma1(word(t + 14))));

/**
 * One round. Nothing is moved from a to b to c: the names move instead, so that the local which held h holds
 * the new a. Majority is b ^ ((a ^ b) & (b ^ c)), and this round's a ^ b is the next round's b ^ c: two
 * operations for four.
 */
function round(t: number): Code {
  const working = (name: number): number => WORKING + ((name - t + 64) % 8);
  const [a, b, d, e, f, g, h] = [0, 1, 3, 4, 5, 6, 7].map(working) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [aXorB, bXorC] = t % 2 === 0 ? [A_XOR_B, B_XOR_C] : [B_XOR_C, A_XOR_B];
  const roundConstant = loadWordSplat(i32(0), ROUND_CONSTANTS_AT + t * 4);
  return [
    t < 16 ? [] : extendSchedule(t),
    set(SUM, add(bigSigma1(e), choose(e, f, g), get(h), add(get(word(t)), roundConstant))),
    set(d, add(get(d), get(SUM))),
    set(aXorB, xor(get(a), get(b))),
    set(h, add(get(SUM), xor(get(b), and(get(aXorB), get(bXorC))), bigSigma0(a))),
  ];
}

/**
 * `compress(stateIn, block, stateOut)`: SHA-256's compression function on four messages at once, one a 32-bit
 * lane. The 64 rounds are unrolled here, in TypeScript.
 *
 * How it is written is what was fastest. What a token took, with one thing changed at a time (Node 20.20,
 * x64, AMD EPYC; medians of 1500 batches, all variants in turn in one process, and two processes agreed):
 *
 *     144 ns  as it stands
 *     145 ns  round constants as whole vectors in memory (1 KiB, v128.load): as fast, and larger
 *     145 ns  choose as z ^ (x & (y ^ z))
 *     146 ns  h + (w + k) added up before choose and bigSigma1
 *     151 ns  round constants in the code: v128.const; 150-163 ns as i32.const and i32x4.splat
 *     171 ns  an outer compression of its own with the constant half of its block folded in: fewer operations
 *     199 ns  the message schedule in memory and not in locals
 *     268 ns  two groups of four, round by round in turn: sixteen registers do not hold even one group
 *
 * Two changes that cost nothing alone can cost a quarter together (v128.load with h first: 171-180 ns), for
 * what decides is how V8 deals out the registers. So after any change here, measure (bench/hmac-kernel.ts).
 */
export const compressFunction = (): WasmFunction => ({
  name: 'compress',
  parameters: 3,
  locals: Array<ValueType>(27).fill(ValueType.v128),
  body: [
    range(16).map((i) => set(WORD + i, load(get(BLOCK), i * VECTOR_BYTES))),
    range(8).map((i) => set(WORKING + i, load(get(STATE_IN), i * VECTOR_BYTES))),
    set(B_XOR_C, xor(get(WORKING + 1), get(WORKING + 2))),
    range(64).map(round),
    range(8).map((i) =>
      store(get(STATE_OUT), i * VECTOR_BYTES, add(get(WORKING + i), load(get(STATE_IN), i * VECTOR_BYTES))),
    ),
  ],
});
