import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { lookAtEnd, TAIL_BYTES } from './look-at-end.ts';

const HEADER = 'id,day,note\n';
const row = (index: number) => `${index},2026-01-01,"said: ""no"", and\nleft"\n`;
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(index)).join('');
const utf8 = { delimiter: ',', quote: '"', encoding: 'utf-8' } as const;
const utf16 = { ...utf8, encoding: 'utf-16' } as const;

const ENDS = [
  ['of a header alone', HEADER, 'line-end'],
  ['of a header alone, without a line end', HEADER.trim(), 'line-end'],
  ['of a row', `${HEADER}${row(1)}`, 'line-end'],
  ['of a row, with blank lines', `${HEADER}${row(1)}\r\n\r\n`, 'line-end'],
  ['of a row without a line end', `${HEADER}${row(1).trimEnd()}`, 'no-line-end'],
  ['in the last of its cells', `${HEADER}1,2026-01-01,le`, 'no-line-end'],
  ['in the first of its cells', `${HEADER}1`, 'mid-row'],
  ['behind a delimiter', `${HEADER}${row(1)}2,`, 'mid-row'],
  ['within quotes', `${HEADER}${row(1)}2,2026-01-01,"and so`, 'mid-row'],
  ['within quotes, at a line end', `${HEADER}${row(1)}2,2026-01-01,"and so\n`, 'mid-row'],
  ['of a faulty row with a line end, which is for the quarantine', `${HEADER}${row(1)}2\n`, 'line-end'],
] as const;

describe('the end of a file', () => {
  it.each(ENDS)('%s', async (_, text, end) => {
    expect(await lookAtEnd(Buffer.from(text), utf8, 3)).toBe(end);
    expect(await lookAtEnd(iconv.encode(`\ufeff${text}`, 'utf-16le'), utf16, 3)).toBe(end);
    expect(await lookAtEnd(iconv.encode(`\ufeff${text}`, 'utf-16be'), utf16, 3)).toBe(end);
  });

  // the end of a long file begins anywhere: in a quoted cell, too
  it.each(ENDS.slice(2))('%s, behind many rows', async (_, text, end) => {
    for (let cut = 0; cut < row(1).length; cut += 1) {
      const long = Buffer.from(HEADER + rows(3000) + text.slice(HEADER.length));
      const tail = long.subarray(-TAIL_BYTES - cut);
      expect(await lookAtEnd(tail, utf8, 3), `${cut} bytes on`).toBe(end);
    }
  });
});
