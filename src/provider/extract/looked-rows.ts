/** How often the sampled rows of one file are in another file. */
export interface Meeting {
  /** index of the file that was sampled, and of the one that was looked through */
  readonly lookedIn: number;
  readonly foundIn: number;
  /** sampled rows that are in the other file */
  found: number;
  /** those that are there as often as in their own */
  asOften: number;
  /** those that are there once, and once in their own */
  once: number;
}

/** Of the sampled rows of a file. */
interface Sampled {
  rows: number;
  /** distinct rows by what they say */
  readonly saying: Map<number, number>;
}

/** Bits of the high word of a first half by which a row is passed over at once. */
const SIEVE_BITS = 24;

const SEVERAL = -1;

/** Sampled rows of some files, and how often they are met in other files. */
export class LookedRows {
  /** a bit for each value of the lowest bits of the high word; the low word decides on the sample */
  readonly #sieve = new Uint8Array(2 ** (SIEVE_BITS - 3));
  /** the file in whose sample a first half is, or `SEVERAL` */
  readonly #owner = new Map<number, number>();
  /** index of the last entry of a row, by hash; entries of the same row in other files are chained */
  readonly #last = new Map<number, number>();
  readonly #files: number[] = [];
  readonly #own: number[] = [];
  readonly #before: number[] = [];
  readonly #sampled = new Map<number, Sampled>();

  /** Adds a row to the sample of `file`. All rows of one file are added before those of the next. */
  add(file: number, low: number, high: number, row: number, said: number): void {
    const first = numberOf(low, high);
    const owner = this.#owner.get(first) ?? file;
    this.#owner.set(first, owner === file ? file : SEVERAL);
    this.#sieve[(high & (2 ** SIEVE_BITS - 1)) >> 3]! |= 1 << (high & 7);
    const sampled = this.#sampled.get(file) ?? { rows: 0, saying: new Map<number, number>() };
    this.#sampled.set(file, sampled);
    sampled.rows += 1;
    const last = this.#last.get(row);
    if (last !== undefined && this.#files[last] === file) {
      this.#own[last]! += 1;
      return;
    }
    sampled.saying.set(said, (sampled.saying.get(said) ?? 0) + 1);
    this.#last.set(row, this.#files.length);
    this.#files.push(file);
    this.#own.push(1);
    this.#before.push(last ?? -1);
  }

  /** True of a first half that a sampled row of another file than this has. */
  isElsewhere(file: number, low: number, high: number): boolean {
    if ((this.#sieve[(high & (2 ** SIEVE_BITS - 1)) >> 3]! & (1 << (high & 7))) === 0) return false;
    const owner = this.#owner.get(numberOf(low, high));
    return owner !== undefined && owner !== file;
  }

  sampledOf(file: number): number {
    return this.#sampled.get(file)?.rows ?? 0;
  }

  /** The chance that two distinct sampled rows of a file have the same values; 0 where there are fewer than two. */
  chanceOf(file: number): number {
    const counts = [...(this.#sampled.get(file)?.saying.values() ?? [])];
    const rows = counts.reduce((sum, count) => sum + count, 0);
    const pairs = counts.reduce((sum, count) => sum + count * (count - 1), 0);
    return rows < 2 ? 0 : pairs / (rows * (rows - 1));
  }

  /**
   * Meets the rows of a file with the samples of all others.
   *
   * @param eachRow calls back with the hash of each row of the file whose first half `isElsewhere`
   * @returns one for each sampled file with which it shares a row
   */
  meet(file: number, eachRow: (take: (row: number) => void) => void): Meeting[] {
    const others = new Map<number, number>();
    eachRow((row) => {
      for (let entry = this.#last.get(row) ?? -1; entry >= 0; entry = this.#before[entry]!) {
        if (this.#files[entry] !== file) others.set(entry, (others.get(entry) ?? 0) + 1);
      }
    });
    const meetings = new Map<number, Meeting>();
    for (const [entry, times] of others) {
      const lookedIn = this.#files[entry]!;
      const own = this.#own[entry]!;
      const meeting = meetings.get(lookedIn) ?? { lookedIn, foundIn: file, found: 0, asOften: 0, once: 0 };
      meetings.set(lookedIn, meeting);
      meeting.found += own;
      if (own === times) meeting.asOften += own;
      if (own === 1 && times === 1) meeting.once += 1;
    }
    return [...meetings.values()];
  }
}

/** Half a token as a number: 53 of its 64 bits, which distinguish random ones as well. */
function numberOf(low: number, high: number): number {
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
