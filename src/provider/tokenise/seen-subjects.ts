/** Entries; a power of two. 2^18 entries of 8 bytes are 2 MiB, which stays in a core's cache. */
const ENTRIES = 2 ** 18;

/**
 * A bounded, lossy memory of subjects: it may forget one (and then its linking tokens are made again, and DISTINCT
 * below the boundary removes the repeat), but it never claims to have seen one that it has not.
 *
 * It compares 64 of a token's 128 bits. Two subjects of one run agreeing on those by chance would lose the second's
 * links; at 100 million subjects that has a probability of 3 in 10,000 for any such pair, and the pair would also
 * have to be in the same entry, one right after the other.
 */
export class SeenSubjects {
  /** made for the first subject: most tables have none */
  #entries: Uint32Array | null = null;

  /** Remembers the subject with these first two words, and says whether it was there already. */
  seenBefore(w0: number, w1: number): boolean {
    const word = (w0 & (ENTRIES - 1)) * 2;
    this.#entries ??= new Uint32Array(ENTRIES * 2);
    const entries = this.#entries;
    if (entries[word] === w0 && entries[word + 1] === w1) return true;
    entries[word] = w0;
    entries[word + 1] = w1;
    return false;
  }

  /** Forgets every subject. */
  clear(): void {
    this.#entries?.fill(0);
  }
}
