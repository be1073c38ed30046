/** A list is read as csv-parse reads it, whether or not it is plain. */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CSV_OPTIONS, csvRows } from './csv-rows.ts';

const attempt = (read: () => string[][]) => {
  try {
    return read();
  } catch {
    return 'no CSV';
  }
};

it.each([
  ['plain texts', [',', '\n', 'a', '1', ' ', '\t', '\ufeff', 'é', '\u2028', "'", ';']],
  ['texts with quotes and carriage returns', [',', '\n', 'a', '"', '\r', ' ', '\ufeff']],
])('%s have the rows that csv-parse finds', (_, characters) => {
  const texts = fc.array(fc.constantFrom(...characters), { maxLength: 40 }).map((some) => some.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      expect(attempt(() => csvRows(text))).toEqual(attempt(() => parse(text, CSV_OPTIONS)));
    }),
    { numRuns: 2000 },
  );
});
