/**
 * A small seeded random source: xoshiro128** over four 32-bit words, seeded by splitmix32.
 *
 * Only integer arithmetic and IEEE multiplication are used, never a transcendental function, so that the same
 * seed gives the same draws on every machine. Not for secrets.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /**
   * @param seed any integer; its low 32 bits count
   * @param purpose names an independent stream, so that (for example) other error rates leave the people unchanged
   */
  constructor(seed: number, purpose: string) {
    let state = (seed ^ hashText(purpose)) | 0;
    const nextWord = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let word = state ^ (state >>> 16);
      word = Math.imul(word, 0x21f0aaad);
      word ^= word >>> 15;
      word = Math.imul(word, 0x735a2d97);
      return word ^ (word >>> 15);
    };
    this.a = nextWord();
    this.b = nextWord();
    this.c = nextWord();
    this.d = nextWord() | 1; // the all-zero state would stay zero
  }

  /** The next unsigned 32-bit integer. */
  next(): number {
    const scaled = Math.imul(this.b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9);
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result >>> 0;
  }

  /**
   * An integer in 0 .. limit - 1 (limit at most 2^32; the bias, below limit / 2^32, is of no consequence
   * here).
   */
  below(limit: number): number {
    return Math.floor((this.next() / 4294967296) * limit);
  }

  /** An integer in low .. high, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with the given probability (0 never, 1 always). */
  chance(probability: number): boolean {
    return this.next() < probability * 4294967296;
  }

  /** How many times in a row a chance succeeds, at most `limit`: a geometric draw. */
  run(probability: number, limit: number): number {
    let count = 0;
    while (count < limit && this.chance(probability)) count++;
    return count;
  }

  /** The integers 0 .. count - 1 in random order (Fisher-Yates). */
  shuffledIndexes(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, index) => index);
    for (let left = count - 1; left > 0; left--) {
      const other = this.below(left + 1);
      const kept = order[left]!;
      order[left] = order[other]!;
      order[other] = kept;
    }
    return order;
  }

  /** One of the items, each as likely as the others. */
  oneOf<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

/** FNV-1a over UTF-16 units: spreads a stream's name over 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
