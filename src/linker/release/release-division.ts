import { createRequire } from 'node:module';

/** How the work on tables of records is divided among threads. */
export interface ReleaseDivision {
  /**
   * tables with fewer rows altogether are released without threads: one takes 30 to 50 ms to start, and compiles and optimises anew what it runs
   * (`provider/tokenise/reader-threads`)
   */
  readonly leastRows: number;
  /** rows that are counted by one order, which takes some 100 ms */
  readonly countedRows: number;
  /** a table is sorted in so many ranges of persons a thread, but for ranges of fewer rows: each range reads the whole table once */
  readonly rangesOfThread: number;
  readonly leastRangeRows: number;
  /** what a thread runs */
  readonly script: string;
}

export const RELEASE_DIVISION: ReleaseDivision = {
  leastRows: 1_500_000,
  countedRows: 250_000,
  rangesOfThread: 1,
  leastRangeRows: 250_000,
  script: createRequire(import.meta.url).resolve('#table-thread'),
};
