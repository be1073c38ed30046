/**
 * The few WebAssembly instructions the kernel is written in, as functions that nest the way the expressions
 * they compute nest. Opcodes are those of the WebAssembly 2.0 specification, chapter "Index of Instructions".
 */

/** A piece of machine code: bytes, nested as they were composed. `flatten` makes one run of bytes of it. */
export type Code = number | readonly Code[];

/** Writes nested code out as one run of bytes. */
export function flatten(code: Code, into: number[] = []): number[] {
  if (typeof code === 'number') into.push(code);
  else for (const part of code) flatten(part, into);
  return into;
}

/**
 * LEB128 of a whole number from 0 to 2^32 - 1: seven bits a byte, the lowest first, the top bit says "more
 * follows".
 */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

/** Signed LEB128 of a 32-bit whole number: it ends once what is left is only the sign of bit 6. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -0x40 || rest > 0x3f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  bytes.push(rest & 0x7f);
  return bytes;
}

/** The prefix byte of every vector instruction; the opcode proper follows as LEB128. */
const simd = (opcode: number): Code => [0xfd, unsigned(opcode)];
/** Alignment hints are powers of two; they never change a result, so the least is promised: one byte. */
const BYTE_ALIGNED = 0;

// Locals and control
export const get = (local: number): Code => [0x20, unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];
export const call = (functionIndex: number, ...args: Code[]): Code => [args, 0x10, unsigned(functionIndex)];
/** Runs `body`, and again for as long as `condition` (an i32) is not zero behind it. */
export const repeatWhile = (condition: Code, body: Code): Code => [
  ...[0x03, 0x40], // loop, with no result
  body,
  condition,
  ...[0x0d, 0x00], // br_if to the loop's head
  0x0b, // end
];

// Scalars
export const i32 = (value: number): Code => [0x41, signed(value)];
export const i32Add = (x: Code, y: Code): Code => [x, y, 0x6a];
export const i32LessUnsigned = (x: Code, y: Code): Code => [x, y, 0x49];

// Vectors: memory
export const load = (address: Code, offset: number): Code => [
  address,
  simd(0x00),
  BYTE_ALIGNED,
  unsigned(offset),
];
/** One byte of memory in all sixteen lanes. */
export const loadByteSplat = (address: Code, offset: number): Code => [
  address,
  simd(0x07),
  BYTE_ALIGNED,
  unsigned(offset),
];
/** One 32-bit word of memory in all four lanes. */
export const loadWordSplat = (address: Code, offset: number): Code => [
  address,
  simd(0x09),
  BYTE_ALIGNED,
  unsigned(offset),
];
export const store = (address: Code, offset: number, value: Code): Code => [
  address,
  value,
  simd(0x0b),
  BYTE_ALIGNED,
  unsigned(offset),
];

// Vectors: constants and lanes
export const v128 = (bytes: readonly number[]): Code => [simd(0x0c), bytes];
/** Picks sixteen bytes out of the thirty-two of `x` (0-15) and `y` (16-31). */
export const shuffle = (x: Code, y: Code, lanes: readonly number[]): Code => [x, y, simd(0x0d), lanes];

// Vectors: bytes
export const bytesEqual = (x: Code, y: Code): Code => [x, y, simd(0x23)];
export const bytesLess = (x: Code, y: Code): Code => [x, y, simd(0x25)]; // signed

// Vectors: bits
export const and = (x: Code, y: Code): Code => [x, y, simd(0x4e)];
export const or = (x: Code, y: Code): Code => [x, y, simd(0x50)];
export const xor = (x: Code, y: Code): Code => [x, y, simd(0x51)];
/** For every bit: `x` where `mask` is one, `y` where it is zero. */
export const select = (x: Code, y: Code, mask: Code): Code => [x, y, mask, simd(0x52)];

// Vectors: four 32-bit words
export const shiftLeft = (x: Code, bits: number): Code => [x, i32(bits), simd(0xab)];
export const shiftRight = (x: Code, bits: number): Code => [x, i32(bits), simd(0xad)]; // zeros come in
export const add = (x: Code, ...others: Code[]): Code =>
  others.reduce((sum, other) => [sum, other, simd(0xae)], x);
