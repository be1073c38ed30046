/** Work of which only so much may be under way at once. Whoever asks first begins first. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param most that may be under way at once */
  constructor(most: number) {
    this.#free = most;
  }

  /** Does some work when it has its turn. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((begin) => this.#waiting.push(begin));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
