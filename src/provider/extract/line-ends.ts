import type { Problem } from '../../domain/problem.ts';

/** How many line ends of each kind there are, outside quotes. */
export type LineEndCounts = Readonly<Pick<LineEnds, 'lineFeeds' | 'pairs' | 'alone'>>;

/**
 * The line ends of a file, outside quotes. A file that has line feeds alone in some rows and behind carriage returns in others was put together from
 * pieces, and where rows end is then uncertain; so it is with a carriage return that no line feed follows.
 */
export class LineEnds {
  lineFeeds = 0;
  pairs = 0;
  /** carriage returns that no line feed follows */
  alone = 0;

  /** Adds those of another part of the file. */
  add({ lineFeeds, pairs, alone }: LineEndCounts): void {
    this.lineFeeds += lineFeeds;
    this.pairs += pairs;
    this.alone += alone;
  }

  /** What is wrong with a file of these line ends; null if nothing is. */
  problem(file: string): Problem | null {
    if (this.alone === 0 && (this.lineFeeds === 0 || this.pairs === 0)) return null;
    return {
      file,
      message:
        this.alone > 0
          ? `has ${this.alone} carriage returns outside quotes that no line feed follows`
          : `has line ends of different kinds: ${this.lineFeeds} LF, ${this.pairs} CRLF`,
      wayOut:
        'have it written with LF or with CRLF throughout, and with quotes around texts that hold either',
    };
  }
}
