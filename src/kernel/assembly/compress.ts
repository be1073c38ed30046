import { ROUND_CONSTANTS_AT } from '../memory-layout';

// FIPS 180-4, 2.2.2 and 4.1.2, on four messages at once, one a 32-bit lane.

function rotateRight(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(x, bits), i32x4.shl(x, 32 - bits));
}

function bigSigma0(x: v128): v128 {
  return v128.xor(v128.xor(rotateRight(x, 2), rotateRight(x, 13)), rotateRight(x, 22));
}

function bigSigma1(x: v128): v128 {
  return v128.xor(v128.xor(rotateRight(x, 6), rotateRight(x, 11)), rotateRight(x, 25));
}

function smallSigma0(x: v128): v128 {
  return v128.xor(v128.xor(rotateRight(x, 7), rotateRight(x, 18)), i32x4.shr_u(x, 3));
}

function smallSigma1(x: v128): v128 {
  return v128.xor(v128.xor(rotateRight(x, 17), rotateRight(x, 19)), i32x4.shr_u(x, 10));
}

function choose(x: v128, y: v128, z: v128): v128 {
  return v128.bitselect(y, z, x);
}

/** One round's x ^ y is the next round's y ^ z, and the compiler computes it once: two operations instead of four. */
function majority(x: v128, y: v128, z: v128): v128 {
  return v128.xor(y, v128.and(v128.xor(x, y), v128.xor(y, z)));
}

/** T1 of a round (FIPS 180-4, 6.2.2, step 3). */
function firstTemporary(e: v128, f: v128, g: v128, h: v128, word: v128, constant: v128): v128 {
  return i32x4.add(i32x4.add(i32x4.add(bigSigma1(e), choose(e, f, g)), h), i32x4.add(word, constant));
}

/** T1 + T2 of a round. The order of the sums is a tenth of a token's time (../README.md, "Measured"). */
function bothTemporaries(t1: v128, a: v128, b: v128, c: v128): v128 {
  return i32x4.add(i32x4.add(t1, majority(a, b, c)), bigSigma0(a));
}

/** Word t of the message schedule, of the words t - 16, t - 15, t - 7 and t - 2. */
function nextWord(before16: v128, before15: v128, before7: v128, before2: v128): v128 {
  return i32x4.add(i32x4.add(i32x4.add(before16, smallSigma0(before15)), before7), smallSigma1(before2));
}

/**
 * SHA-256's compression function on four messages at once, one in each 32-bit lane. Values are not moved from a to b to c: the names move
 * instead, so that the variable which held h holds the new a, and after eight rounds all are back in their places.
 *
 * It is written in the way that was fastest (../README.md, "Measured"). The compiler (-O3) inlines all functions above.
 *
 * @param stateIn address of eight words, one vector each
 * @param block address of sixteen words, a vector each
 * @param stateOut address for the eight words of the state that follows; it may be stateIn
 */
export function compress(stateIn: usize, block: usize, stateOut: usize): void {
  let w0 = v128.load(block);
  let w1 = v128.load(block, 16);
  let w2 = v128.load(block, 32);
  let w3 = v128.load(block, 48);
  let w4 = v128.load(block, 64);
  let w5 = v128.load(block, 80);
  let w6 = v128.load(block, 96);
  let w7 = v128.load(block, 112);
  let w8 = v128.load(block, 128);
  let w9 = v128.load(block, 144);
  let w10 = v128.load(block, 160);
  let w11 = v128.load(block, 176);
  let w12 = v128.load(block, 192);
  let w13 = v128.load(block, 208);
  let w14 = v128.load(block, 224);
  let w15 = v128.load(block, 240);

  let a = v128.load(stateIn);
  let b = v128.load(stateIn, 16);
  let c = v128.load(stateIn, 32);
  let d = v128.load(stateIn, 48);
  let e = v128.load(stateIn, 64);
  let f = v128.load(stateIn, 80);
  let g = v128.load(stateIn, 96);
  let h = v128.load(stateIn, 112);

  h = firstTemporary(e, f, g, h, w0, v128.load32_splat(0, ROUND_CONSTANTS_AT));
  d = i32x4.add(d, h);
  h = bothTemporaries(h, a, b, c);
  g = firstTemporary(d, e, f, g, w1, v128.load32_splat(0, ROUND_CONSTANTS_AT + 4));
  c = i32x4.add(c, g);
  g = bothTemporaries(g, h, a, b);
  f = firstTemporary(c, d, e, f, w2, v128.load32_splat(0, ROUND_CONSTANTS_AT + 8));
  b = i32x4.add(b, f);
  f = bothTemporaries(f, g, h, a);
  e = firstTemporary(b, c, d, e, w3, v128.load32_splat(0, ROUND_CONSTANTS_AT + 12));
  a = i32x4.add(a, e);
  e = bothTemporaries(e, f, g, h);
  d = firstTemporary(a, b, c, d, w4, v128.load32_splat(0, ROUND_CONSTANTS_AT + 16));
  h = i32x4.add(h, d);
  d = bothTemporaries(d, e, f, g);
  c = firstTemporary(h, a, b, c, w5, v128.load32_splat(0, ROUND_CONSTANTS_AT + 20));
  g = i32x4.add(g, c);
  c = bothTemporaries(c, d, e, f);
  b = firstTemporary(g, h, a, b, w6, v128.load32_splat(0, ROUND_CONSTANTS_AT + 24));
  f = i32x4.add(f, b);
  b = bothTemporaries(b, c, d, e);
  a = firstTemporary(f, g, h, a, w7, v128.load32_splat(0, ROUND_CONSTANTS_AT + 28));
  e = i32x4.add(e, a);
  a = bothTemporaries(a, b, c, d);
  h = firstTemporary(e, f, g, h, w8, v128.load32_splat(0, ROUND_CONSTANTS_AT + 32));
  d = i32x4.add(d, h);
  h = bothTemporaries(h, a, b, c);
  g = firstTemporary(d, e, f, g, w9, v128.load32_splat(0, ROUND_CONSTANTS_AT + 36));
  c = i32x4.add(c, g);
  g = bothTemporaries(g, h, a, b);
  f = firstTemporary(c, d, e, f, w10, v128.load32_splat(0, ROUND_CONSTANTS_AT + 40));
  b = i32x4.add(b, f);
  f = bothTemporaries(f, g, h, a);
  e = firstTemporary(b, c, d, e, w11, v128.load32_splat(0, ROUND_CONSTANTS_AT + 44));
  a = i32x4.add(a, e);
  e = bothTemporaries(e, f, g, h);
  d = firstTemporary(a, b, c, d, w12, v128.load32_splat(0, ROUND_CONSTANTS_AT + 48));
  h = i32x4.add(h, d);
  d = bothTemporaries(d, e, f, g);
  c = firstTemporary(h, a, b, c, w13, v128.load32_splat(0, ROUND_CONSTANTS_AT + 52));
  g = i32x4.add(g, c);
  c = bothTemporaries(c, d, e, f);
  b = firstTemporary(g, h, a, b, w14, v128.load32_splat(0, ROUND_CONSTANTS_AT + 56));
  f = i32x4.add(f, b);
  b = bothTemporaries(b, c, d, e);
  a = firstTemporary(f, g, h, a, w15, v128.load32_splat(0, ROUND_CONSTANTS_AT + 60));
  e = i32x4.add(e, a);
  a = bothTemporaries(a, b, c, d);

  // Rounds 16 to 63: each word of the schedule overwrites the one that it replaces.
  for (let at: usize = 64; at < 256; at += 64) {
    w0 = nextWord(w0, w1, w9, w14);
    h = firstTemporary(e, f, g, h, w0, v128.load32_splat(at, ROUND_CONSTANTS_AT));
    d = i32x4.add(d, h);
    h = bothTemporaries(h, a, b, c);

    w1 = nextWord(w1, w2, w10, w15);
    g = firstTemporary(d, e, f, g, w1, v128.load32_splat(at, ROUND_CONSTANTS_AT + 4));
    c = i32x4.add(c, g);
    g = bothTemporaries(g, h, a, b);

    w2 = nextWord(w2, w3, w11, w0);
    f = firstTemporary(c, d, e, f, w2, v128.load32_splat(at, ROUND_CONSTANTS_AT + 8));
    b = i32x4.add(b, f);
    f = bothTemporaries(f, g, h, a);

    w3 = nextWord(w3, w4, w12, w1);
    e = firstTemporary(b, c, d, e, w3, v128.load32_splat(at, ROUND_CONSTANTS_AT + 12));
    a = i32x4.add(a, e);
    e = bothTemporaries(e, f, g, h);

    w4 = nextWord(w4, w5, w13, w2);
    d = firstTemporary(a, b, c, d, w4, v128.load32_splat(at, ROUND_CONSTANTS_AT + 16));
    h = i32x4.add(h, d);
    d = bothTemporaries(d, e, f, g);

    w5 = nextWord(w5, w6, w14, w3);
    c = firstTemporary(h, a, b, c, w5, v128.load32_splat(at, ROUND_CONSTANTS_AT + 20));
    g = i32x4.add(g, c);
    c = bothTemporaries(c, d, e, f);

    w6 = nextWord(w6, w7, w15, w4);
    b = firstTemporary(g, h, a, b, w6, v128.load32_splat(at, ROUND_CONSTANTS_AT + 24));
    f = i32x4.add(f, b);
    b = bothTemporaries(b, c, d, e);

    w7 = nextWord(w7, w8, w0, w5);
    a = firstTemporary(f, g, h, a, w7, v128.load32_splat(at, ROUND_CONSTANTS_AT + 28));
    e = i32x4.add(e, a);
    a = bothTemporaries(a, b, c, d);

    w8 = nextWord(w8, w9, w1, w6);
    h = firstTemporary(e, f, g, h, w8, v128.load32_splat(at, ROUND_CONSTANTS_AT + 32));
    d = i32x4.add(d, h);
    h = bothTemporaries(h, a, b, c);

    w9 = nextWord(w9, w10, w2, w7);
    g = firstTemporary(d, e, f, g, w9, v128.load32_splat(at, ROUND_CONSTANTS_AT + 36));
    c = i32x4.add(c, g);
    g = bothTemporaries(g, h, a, b);

    w10 = nextWord(w10, w11, w3, w8);
    f = firstTemporary(c, d, e, f, w10, v128.load32_splat(at, ROUND_CONSTANTS_AT + 40));
    b = i32x4.add(b, f);
    f = bothTemporaries(f, g, h, a);

    w11 = nextWord(w11, w12, w4, w9);
    e = firstTemporary(b, c, d, e, w11, v128.load32_splat(at, ROUND_CONSTANTS_AT + 44));
    a = i32x4.add(a, e);
    e = bothTemporaries(e, f, g, h);

    w12 = nextWord(w12, w13, w5, w10);
    d = firstTemporary(a, b, c, d, w12, v128.load32_splat(at, ROUND_CONSTANTS_AT + 48));
    h = i32x4.add(h, d);
    d = bothTemporaries(d, e, f, g);

    w13 = nextWord(w13, w14, w6, w11);
    c = firstTemporary(h, a, b, c, w13, v128.load32_splat(at, ROUND_CONSTANTS_AT + 52));
    g = i32x4.add(g, c);
    c = bothTemporaries(c, d, e, f);

    w14 = nextWord(w14, w15, w7, w12);
    b = firstTemporary(g, h, a, b, w14, v128.load32_splat(at, ROUND_CONSTANTS_AT + 56));
    f = i32x4.add(f, b);
    b = bothTemporaries(b, c, d, e);

    w15 = nextWord(w15, w0, w8, w13);
    a = firstTemporary(f, g, h, a, w15, v128.load32_splat(at, ROUND_CONSTANTS_AT + 60));
    e = i32x4.add(e, a);
    a = bothTemporaries(a, b, c, d);
  }

  v128.store(stateOut, i32x4.add(a, v128.load(stateIn)));
  v128.store(stateOut, i32x4.add(b, v128.load(stateIn, 16)), 16);
  v128.store(stateOut, i32x4.add(c, v128.load(stateIn, 32)), 32);
  v128.store(stateOut, i32x4.add(d, v128.load(stateIn, 48)), 48);
  v128.store(stateOut, i32x4.add(e, v128.load(stateIn, 64)), 64);
  v128.store(stateOut, i32x4.add(f, v128.load(stateIn, 80)), 80);
  v128.store(stateOut, i32x4.add(g, v128.load(stateIn, 96)), 96);
  v128.store(stateOut, i32x4.add(h, v128.load(stateIn, 112)), 112);
}
