import { PartReader } from '../store/part-reader.ts';

/** Parts that are open at once: a delivery may have hundreds of files, and a process may open 256. */
const MOST_OPEN = 32;

/** How many of them each of so many threads may have open: it reads one at a time, and all of them together have no more than one would have. */
export function mostOpenOf(threads: number): number {
  return Math.max(1, Math.floor(MOST_OPEN / threads));
}

/** Readers of parts, opened when they are asked for; those that were asked for last stay open. */
export class OpenParts {
  readonly #most: number;
  /** by path; the one that was asked for last is the last */
  readonly #open = new Map<string, PartReader>();

  /** @param most parts that are open at once */
  constructor(most = MOST_OPEN) {
    this.#most = most;
  }

  /** @throws TallystickError (exit 1) where it is no part, or damaged */
  reader(path: string): PartReader {
    const reader = this.#open.get(path) ?? PartReader.open(path);
    this.#open.delete(path);
    this.#open.set(path, reader);
    for (const [oldest, unused] of this.#open) {
      if (this.#open.size <= this.#most) break;
      this.#open.delete(oldest);
      unused.close();
    }
    return reader;
  }

  close(): void {
    for (const reader of this.#open.values()) reader.close();
    this.#open.clear();
  }
}
