/** How far a stage is; the display reads it at its own times. */
export interface StageProgress {
  /**
   * @param rowsDone asked at any time
   * @param rowsExpected null where it is not known
   */
  begin(stage: string, rowsDone: () => number, rowsExpected: number | null): void;
  end(): void;
}

/** Seconds of each stage, in the order they first began. Stages may overlap: what they add up to is no time of anything. */
export class StageTimes {
  readonly seconds: Record<string, number> = {};
  readonly #start = performance.now();

  /** Seconds since this began, by the clock. */
  get elapsed(): number {
    return (performance.now() - this.#start) / 1000;
  }

  /** Takes over what was measured elsewhere, such as in another process. */
  add(seconds: Readonly<Record<string, number>>): void {
    for (const [stage, more] of Object.entries(seconds)) {
      this.seconds[stage] = (this.seconds[stage] ?? 0) + more;
    }
  }

  /** Runs `work` as part of a stage. */
  async time<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.add({ [stage]: (performance.now() - start) / 1000 });
    }
  }
}
