import { PartReader } from '../store/part-reader.ts';

/** Parts that are open at once: a delivery may have hundreds of files, and a process may open 256. */
const MOST_OPEN = 32;

/** Readers of parts, opened when they are asked for; those that were asked for last stay open. */
export class OpenParts {
  /** by path; the one that was asked for last is the last */
  readonly #open = new Map<string, PartReader>();

  /** @throws TallystickError (exit 1) where it is no part, or damaged */
  reader(path: string): PartReader {
    const reader = this.#open.get(path) ?? PartReader.open(path);
    this.#open.delete(path);
    this.#open.set(path, reader);
    for (const [oldest, unused] of this.#open) {
      if (this.#open.size <= MOST_OPEN) break;
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
