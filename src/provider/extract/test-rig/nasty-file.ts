import fc from 'fast-check';

/** Column names of a nasty file. */
export const NAMES = ['key', 'code', 'note'];

export const utf8 = (text: string) => Buffer.from(text, 'utf8');

/** Rows that can be parsed. */
export const ROW = fc.constantFrom(
  'k1,9Nu0.,n',
  'k2,,',
  ',,',
  '"k3","827241000000103","n"',
  'k4,"a ""b""",n',
  'k5,"two\nlines","\r\n"',
  '"k6\0",\0,n',
  'k7,é\u00a0,\ufeff',
  `k8,${'x'.repeat(70)},n`,
  `k9,y,"${'long, '.repeat(300)}"`,
);
/** Rows of another width, empty lines, and bytes of no encoding. */
export const RAGGED = fc.constantFrom(
  'k,x',
  'k,x,n,n',
  'k,x,n,,',
  '',
  'k',
  '   ',
  '\xff,x,n',
  'k,x,\xff',
  'k,\xfe,n',
);
/** Rows with a quote where none may be, that are over at their line end by any reading. */
export const BAD_QUOTE_IN_LINE = fc.constantFrom(
  'k,"x"y,n',
  'k,"x" "y,n',
  'k, "x",n',
  '"k" ,x,n',
  'k,x",n',
  'k,"x""y"z,n',
);
/** A quote that is not closed as well: it makes the outside of all quotes behind it the inside. */
export const BAD_QUOTE = fc.oneof(
  { weight: 6, arbitrary: BAD_QUOTE_IN_LINE },
  { weight: 1, arbitrary: fc.constant('"') },
);

/** A file of rows as most senders write them, with some of the other kinds in between. */
export const fileText = (others: fc.Arbitrary<string>, weight: number) =>
  fc
    .record({
      rows: fc.array(fc.oneof({ weight: 60, arbitrary: ROW }, { weight, arbitrary: others }), {
        minLength: 1,
        maxLength: 150,
      }),
      end: fc.constantFrom('\n', '\r\n'),
      isMarked: fc.boolean(),
      isEnded: fc.boolean(),
    })
    .map(({ rows, end, isMarked, isEnded }) => {
      const text = [NAMES.join(','), ...rows].join(end) + (isEnded ? end : '');
      return Buffer.concat([utf8(isMarked ? '\ufeff' : ''), bytesOf(text)]);
    });

/** UTF-8, but for two bytes that no UTF-8 text has. */
function bytesOf(text: string): Buffer {
  const pieces = text.split(/([\xfe\xff])/);
  return Buffer.concat(
    pieces.map((one) => (/^[\xfe\xff]$/.test(one) ? Buffer.from(one, 'latin1') : utf8(one))),
  );
}
