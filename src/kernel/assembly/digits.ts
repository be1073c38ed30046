/** The digit 0. A digit xor this is its value; of no other byte is that below ten. */
export const ZERO: i8 = 0x30;
/** The highest value of a digit. */
export const NINE: i8 = 9;

/** The lower byte of each 16 bits. */
const LOW_BYTES: u64 = ((<u64>0x00ff00ff) << 32) | 0x00ff00ff;

/** Values of eight digits, the first in the lowest byte, as four numbers below a hundred, the first in the lowest 16 bits. */
export function pairsOf(digits: u64): u64 {
  return (digits * 10 + (digits >>> 8)) & LOW_BYTES;
}

/** Values of eight digits, the first in the lowest byte, as a number. */
export function numberOf(digits: u64): u64 {
  const pairs = pairsOf(digits);
  // two pairs each make a number below 10 000 in 32 bits, and those two make the number
  const fours = (pairs * 100 + (pairs >>> 16)) & 0x0000ffff0000ffff;
  return (fours * 10000 + (fours >>> 32)) & 0xffffffff;
}
