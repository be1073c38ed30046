interface Waiting {
  readonly bytes: number;
  readonly done: (room: ArrayBuffer) => void;
  readonly fail: (fault: unknown) => void;
}

/**
 * Memory for ranges of rows: so many may be in memory at once, of all tables together. Whoever asks first is given room first. A range that asks
 * behind those that are written before it can therefore never keep them waiting.
 */
export class Rooms {
  #free: number;
  readonly #spare: ArrayBuffer[] = [];
  readonly #waiting: Waiting[] = [];
  #fault: { readonly fault: unknown } | null = null;

  /** @param count of ranges */
  constructor(count: number) {
    this.#free = count;
  }

  /** Memory that may hold anything, of at least so many bytes. @throws the reason of `close` */
  take(bytes: number): Promise<ArrayBuffer> {
    return new Promise((done, fail) => {
      if (this.#fault !== null) return fail(this.#fault.fault);
      this.#waiting.push({ bytes, done, fail });
      this.#serve();
    });
  }

  /** Takes back memory that is no longer used, for the next caller. */
  giveBack(room: ArrayBuffer): void {
    this.#free += 1;
    this.#spare.push(room);
    this.#serve();
  }

  /** Nobody is given room any more. */
  close(fault: unknown): void {
    this.#fault ??= { fault };
    for (const { fail } of this.#waiting.splice(0)) fail(fault);
  }

  #serve(): void {
    while (this.#free > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#free -= 1;
      const { bytes, done } = next;
      const index = this.#spare.findIndex(({ byteLength }) => byteLength >= bytes);
      // one that is too small makes way for the new one
      const [room] = this.#spare.splice(Math.max(0, index), 1);
      done(index < 0 ? new ArrayBuffer(bytes) : room!);
    }
  }
}
