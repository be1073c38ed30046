import type { Problem } from '../../domain/problem.ts';

/** How many line ends of each kind there are, outside quotes. */
export type LineEndCounts = Readonly<Pick<LineEnds, 'lineFeeds' | 'pairs' | 'alone' | 'hasBadQuote'>>;

/**
 * The line ends of a file, outside quotes. A file that has line feeds alone in some rows and behind carriage returns in others was put together from
 * pieces, and where rows end is then uncertain; so it is with a carriage return that no line feed follows.
 */
export class LineEnds {
  lineFeeds = 0;
  pairs = 0;
  /** carriage returns that no line feed follows */
  alone = 0;

  /** a record of the text has a faulty quote */
  hasBadQuote = false;

  /** Adds those of another part of the file. */
  add({ lineFeeds, pairs, alone, hasBadQuote }: LineEndCounts): void {
    this.lineFeeds += lineFeeds;
    this.pairs += pairs;
    this.alone += alone;
    this.hasBadQuote ||= hasBadQuote;
  }

  /**
   * What is wrong with a file of these line ends; null if nothing is.
   *
   * @param badQuote physical line of the first record with a faulty quote, null if there is none: behind it, what is within quotes and what is not may be
   *   exchanged, so it is the likely cause
   */
  problem(file: string, badQuote: number | null): Problem | null {
    if (this.alone === 0 && (this.lineFeeds === 0 || this.pairs === 0)) return null;
    if (badQuote !== null) {
      return {
        file,
        line: badQuote,
        message:
          'a quote of the row that begins here is not closed, or the cell goes on behind it; from here on line ends are of different kinds, or carriage returns are alone',
        wayOut:
          'have this row written with each quote closed and quotes within it doubled; check the declared quote and the line ends',
      };
    }
    return {
      file,
      message:
        this.alone > 0
          ? `has ${this.alone} carriage ${this.alone === 1 ? 'return' : 'returns'} outside quotes that no line feed follows`
          : `has line ends of different kinds: ${this.lineFeeds} LF, ${this.pairs} CRLF`,
      wayOut:
        'have it written with LF or with CRLF throughout, and with quotes around texts that hold either',
    };
  }
}
