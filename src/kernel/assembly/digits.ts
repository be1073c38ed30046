/** The digit 0. A digit xor this is its value; of no other byte is that below ten. */
export const ZERO: i8 = 0x30;
/** The highest value of a digit. */
export const NINE: i8 = 9;

/** Of sixteen digits, as values, those in even places, the first one being 0: each in 16 bits. */
export function evenOnes(digits: v128): v128 {
  return v128.and(digits, i16x8.splat(0xff));
}

/** Those in odd places. */
export function oddOnes(digits: v128): v128 {
  return i16x8.shr_u(digits, 8);
}

/** Sixteen digits, as values, two by two: eight numbers below a hundred, each in 16 bits. */
export function pairsOf(digits: v128): v128 {
  return i16x8.add(i16x8.mul(evenOnes(digits), i16x8.splat(10)), oddOnes(digits));
}

/** Sixteen digits, as values, four by four: four numbers below ten thousand, each in 32 bits. */
export function foursOf(digits: v128): v128 {
  return i32x4.dot_i16x8_s(pairsOf(digits), i16x8(100, 1, 100, 1, 100, 1, 100, 1));
}

/** Two numbers of four digits, the first in the lower half of a word, as one of eight. */
export function joinFours(fours: u64): u64 {
  return (fours & 0xffffffff) * 10000 + (fours >>> 32);
}
