import { describe, expect, it } from 'vitest';
import { readabilityOf, readabilityOfText, syllablesOf } from './readability.ts';

/** Words of a page for patients, and what a dictionary says of their syllables. */
const SYLLABLES: Readonly<Record<number, string>> = {
  1: 'the care health choice made named used shared stopped who your clothes house names safe world through',
  2: 'table choices science client people patient doctor records social nation special houses ended safely movement careful research number postcode being',
  3: 'medicine hospital register general serial practices created opinion idea area together agreement',
  4: 'information community identity especially recipient',
  5: 'university',
};

describe('the syllables of a word', () => {
  const words = Object.entries(SYLLABLES).flatMap(([count, list]) =>
    list.split(' ').map((word) => [word, Number(count)] as const),
  );
  it.each(words)('%s: %i', (word, count) => expect(syllablesOf(word)).toBe(count));

  it('of a number or an abbreviation are those of its letters', () => {
    expect(syllablesOf('NHS')).toBe(3);
    expect(syllablesOf('111')).toBe(3);
    expect(syllablesOf('GP')).toBe(2);
  });
});

describe('the grade of Flesch and Kincaid', () => {
  it('is 0.39 words a sentence and 11.8 syllables a word, less 15.59', () => {
    const { sentences, words, syllables, grade, readingAge } = readabilityOfText(
      'The cat sat. The dog ran home.',
    );
    expect({ sentences, words, syllables }).toEqual({ sentences: 2, words: 7, syllables: 7 });
    expect(grade).toBeCloseTo(0.39 * 3.5 + 11.8 - 15.59, 9);
    expect(readingAge).toBeCloseTo(grade + 5, 9);
  });

  it('is high for what an office writes, and low for what a child reads', () => {
    const office =
      'The organisation facilitates the pseudonymised linkage of individual-level administrative information in accordance with applicable legislation and contractual obligations.';
    expect(readabilityOfText(office).grade).toBeGreaterThan(18);
    expect(readabilityOfText('We join two lists. Your name is not on them.').grade).toBeLessThan(2);
  });

  it('is of the text alone: not of tags, styles, comments and headings', () => {
    const html =
      '<style>p { color: red }</style><!-- a comment --><h1>Your choice</h1><ul><li>GP practices</li></ul><p class="x">You can say no.</p>';
    expect(readabilityOf(html)).toEqual(readabilityOfText('You can say no.'));
    expect(readabilityOf('<p></p>').grade).toBe(0);
  });

  it('is not made low by leaving out the full stops', () => {
    const long = 'word '.repeat(40);
    expect(readabilityOf(`<p>${long}</p>`).words).toBe(40);
  });
});
