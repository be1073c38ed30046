import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PlainReader } from './plain-reader.ts';
import { PLAIN_BYTES } from './scan-blocks.ts';
import { scanRecords } from './scan-records.ts';
import type { ScannedRecord } from './scanned-record.ts';

const shown = ({ line, fields, badQuote, endsFile }: ScannedRecord) => ({
  line,
  fields: fields.map((field) => field.toString('latin1')),
  badQuote,
  endsFile,
});

/** Byte by byte, without the scanner. */
function plainly(text: Buffer, delimiter: string, quote: string): unknown[] {
  const reader = new PlainReader(delimiter.charCodeAt(0), quote.charCodeAt(0));
  return [...reader.read(text), ...reader.end()].map(shown);
}

/** As the program reads it, in pieces that end at these positions. */
async function scanned(
  text: Buffer,
  delimiter: string,
  quote: string,
  cuts: readonly number[],
): Promise<unknown[]> {
  async function* pieces() {
    let from = 0;
    for (const cut of [...cuts].sort((x, y) => x - y).concat(text.length)) {
      yield text.subarray(from, cut);
      from = cut;
    }
  }
  const records: unknown[] = [];
  for await (const record of scanRecords(pieces(), delimiter, quote)) records.push(shown(record));
  return records;
}

async function expectSame(text: Buffer, delimiter: string, quote: string, cuts: readonly number[] = []) {
  expect(await scanned(text, delimiter, quote, cuts)).toEqual(plainly(text, delimiter, quote));
}

/** What decides where records begin and end, far more often than it is met. */
const NASTY = [
  '"',
  '""',
  '"a,b"',
  '"a\n"',
  ',',
  ',"',
  '",',
  '\n',
  '\r\n',
  '\r',
  ' ',
  ' "',
  '" ',
  '"\r',
  'a',
  'é',
  '|',
];
/** Rows as most senders write them. */
const ROW = fc
  .array(
    fc.constantFrom(
      '',
      'x',
      '12/03/2024',
      '"Smith, J"',
      '"say ""ha"""',
      '"two\nlines"',
      '"cr\r"',
      'b'.repeat(63),
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .chain((cells) => fc.constantFrom('\n', '\r\n').map((end) => cells.join(',') + end));
const rows = fc.array(ROW, { maxLength: 30 }).map((all) => all.join(''));
const nasty = fc.array(fc.constantFrom(...NASTY), { maxLength: 60 }).map((all) => all.join(''));

describe('scanned records are those of the plain reader', () => {
  it('where anything may be anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(nasty, rows), { maxLength: 6 }).map((all) => all.join('')),
        fc.constantFrom([',', '"'], ['|', '"'], [',', "'"], ['\t', '"'], [' ', '"'], ['a', '"'], ['"', ',']),
        fc.array(fc.nat(400), { maxLength: 4 }),
        async (text, [delimiter, quote], cuts) => {
          const bytes = Buffer.from(text);
          await expectSame(
            bytes,
            delimiter!,
            quote!,
            cuts.map((cut) => Math.min(cut, bytes.length)),
          );
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('where a fault, a quote or a line end is at the end of a step or of a block', async () => {
    for (const edge of [64, 128, PLAIN_BYTES]) {
      for (const before of [-3, -2, -1, 0, 1, 2]) {
        for (const what of [
          '"a"',
          '"a"\r\n',
          '"a"b',
          'a"b',
          '"a""b"',
          '"\n"',
          '\r\n',
          '"a"\r,',
          ' "a"',
          '"a" ',
        ]) {
          const row = `x,${'y'.repeat(edge / 64)}\n`;
          const start = edge + before - 2;
          const filler = row.repeat(Math.floor(start / row.length)) + 'z'.repeat(start % row.length);
          for (const joint of ['', ',', '\n']) {
            const text = Buffer.from(`${filler}${joint}${what},1\nlast,"row"\n${'x,y\n'.repeat(40)}`);
            for (const cuts of [[], [edge]]) await expectSame(text, ',', '"', cuts);
          }
        }
      }
    }
  });

  it('where a record or a quoted cell is longer than a block, and where a quote is never closed', async () => {
    const long = 'x'.repeat(PLAIN_BYTES + 10);
    for (const text of [
      `a,${long}\nb,c\n`,
      `a,"${long}\n${long}"\nb,c\n`,
      `a,b\nc,"${long}\n${long}`,
      `a,"b\n${'row,"cell"\n'.repeat(PLAIN_BYTES / 8)}`,
      ','.repeat(3 * PLAIN_BYTES),
      '\n'.repeat(2 * PLAIN_BYTES),
    ]) {
      await expectSame(Buffer.from(text), ',', '"', [1, PLAIN_BYTES]);
    }
  });

  it('behind a byte order mark, which is no part of the first cell', async () => {
    const marked = Buffer.from('\ufeff"a",b\n1,2\n');
    expect(await scanned(marked, ',', '"', [])).toEqual(plainly(marked.subarray(3), ',', '"'));
  });
});
