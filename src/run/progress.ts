/** How far a stage is; whoever shows it asks when it likes. */
export interface StageProgress {
  /**
   * @param rowsDone asked at any time
   * @param rowsExpected null where it is not known
   */
  begin(stage: string, rowsDone: () => number, rowsExpected: number | null): void;
  end(): void;
}

/** Seconds of each stage, in the order they first began. */
export class StageTimes {
  readonly seconds: Record<string, number> = {};

  /** Runs `work` as part of a stage. */
  async time<T>(stage: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.seconds[stage] = (this.seconds[stage] ?? 0) + (performance.now() - start) / 1000;
    }
  }
}
