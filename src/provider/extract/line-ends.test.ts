import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineEnds } from './line-ends.ts';

const endsOf = (counts: Partial<LineEnds>) => Object.assign(new LineEnds(), counts);

describe('line ends', () => {
  it('are no problem of one kind, or of none', () => {
    for (const counts of [{}, { lineFeeds: 7 }, { pairs: 7 }])
      expect(endsOf(counts).problem('a.csv', null)).toBe(null);
  });

  it('of two kinds, or carriage returns alone, name the file, how many there are, and the way out', () => {
    expect(endsOf({ lineFeeds: 2, pairs: 3 }).problem('a.csv', null)).toEqual({
      file: 'a.csv',
      message: 'has line ends of different kinds: 2 LF, 3 CRLF',
      wayOut:
        'have it written with LF or with CRLF throughout, and with quotes around texts that hold either',
    });
    expect(endsOf({ alone: 1, pairs: 3 }).problem('a.csv', null)?.message).toBe(
      'has 1 carriage return outside quotes that no line feed follows',
    );
    expect(endsOf({ alone: 2 }).problem('a.csv', null)?.message).toBe(
      'has 2 carriage returns outside quotes that no line feed follows',
    );
  });

  it('that differ behind a faulty quote name its line; a faulty quote alone is no problem of theirs', () => {
    expect(endsOf({ lineFeeds: 2, pairs: 3 }).problem('a.csv', 7)).toMatchObject({
      file: 'a.csv',
      line: 7,
      message: expect.stringMatching(/^a quote of the row that begins here is not closed/),
    });
    expect(endsOf({ pairs: 3 }).problem('a.csv', 7)).toBe(null);
  });

  it('are a problem wherever there is more than one kind, and nowhere else', () => {
    const count = fc.nat(2);
    fc.assert(
      fc.property(count, count, count, (lineFeeds, pairs, alone) => {
        const isProblem = endsOf({ lineFeeds, pairs, alone }).problem('a.csv', null) !== null;
        expect(isProblem).toBe(alone > 0 || (lineFeeds > 0 && pairs > 0));
      }),
    );
  });
});
