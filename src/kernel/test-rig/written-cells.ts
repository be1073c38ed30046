/** Columns of cells as they may be delivered, for the properties of the column kernels. */
import fc from 'fast-check';
import type { Cells } from '../column-scanner.ts';

export const COMMA = 0x2c;
export const QUOTE = 0x22;

/** A cell, and whether it is in quotes where it need not be. */
interface WrittenCell {
  readonly text: Buffer;
  readonly isQuoted: boolean;
}

/** One column of a text, between others of no interest. */
export interface WrittenColumn {
  readonly cells: readonly Buffer[];
  readonly text: Buffer;
  readonly place: Cells;
}

/** Characters that a cast, a pattern or a kernel may take for something else. */
export const AWKWARD_CHARACTERS = [
  ...'0123456789 0OI1lABZ+-_.,eExb/\\:%|\'"\t\n\r\v\f\0',
  '\u00a0',
  '\u2003',
  '\ufeff',
  '\u200b',
  '٣',
  'é',
  'ſ',
  'K',
  '😀',
];
const AWKWARD = [...AWKWARD_CHARACTERS, 'GX11 1AA'];

/** A good text with up to three characters put in, taken out or replaced. */
const nearly = (good: fc.Arbitrary<string>): fc.Arbitrary<Buffer> => {
  const change = fc.tuple(fc.nat(36), fc.nat(1), fc.constantFrom('', ...AWKWARD));
  return fc
    .tuple(
      good,
      fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 3, arbitrary: fc.array(change, { maxLength: 3 }) },
      ),
    )
    .map(([text, changes]) =>
      Buffer.from(
        changes.reduce((before, [place, take, put]) => {
          const at = place % (before.length + 1);
          return before.slice(0, at) + put + before.slice(at + take);
        }, text),
      ),
    );
};

/** A good text with one byte replaced, by any other. */
const byteChanged = (good: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc.tuple(good, fc.nat(36), fc.nat(255)).map(([text, place, byte]) => {
    const bytes = Buffer.from(text);
    if (bytes.length > 0) bytes[place % bytes.length] = byte;
    return bytes;
  });

const anything: fc.Arbitrary<Buffer> = fc
  .oneof(
    fc.constantFrom(
      '',
      ' ',
      '\u00a0\t',
      'NULL',
      '-',
      '.',
      '"',
      'x'.repeat(5000),
      '9'.repeat(400),
      ' '.repeat(300),
    ),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...AWKWARD), maxLength: 14 }),
  )
  .map((text) => Buffer.from(text));

const cellsLike = (good: fc.Arbitrary<string>): fc.Arbitrary<WrittenCell[]> =>
  fc.array(
    fc.record({
      text: fc.oneof(
        { weight: 6, arbitrary: good.map((text) => Buffer.from(text)) },
        { weight: 6, arbitrary: nearly(good) },
        { weight: 2, arbitrary: byteChanged(good) },
        { weight: 1, arbitrary: anything },
      ),
      isQuoted: fc.boolean(),
    }),
    { minLength: 300, maxLength: 300 },
  );

/** A column of good cells, near misses of them, and anything else; the first ones may be passed over. */
export const columnLike = (good: fc.Arbitrary<string>): fc.Arbitrary<WrittenColumn> =>
  fc
    .record({
      cells: cellsLike(good),
      before: fc.nat(2),
      after: fc.nat(2),
      from: fc.nat(2),
      end: fc.constantFrom('\n', '\r\n'),
    })
    .map(({ cells, before, after, from, end }) => ({
      cells: cells.slice(from).map(({ text }) => text),
      text: writeColumn(cells, before, after, end),
      place: {
        column: before,
        width: before + 1 + after,
        from,
        count: cells.length - from,
        quote: QUOTE,
      },
    }));

function writeColumn(cells: readonly WrittenCell[], before: number, after: number, end: string): Buffer {
  return Buffer.concat(
    cells.flatMap((cell) => [
      Buffer.from('"a",'.repeat(before)),
      written(cell),
      Buffer.from(`${',b'.repeat(after)}${end}`),
    ]),
  );
}

/** By way of latin1, of which each character is a byte. */
function written({ text, isQuoted }: WrittenCell): Buffer {
  const characters = text.toString('latin1');
  return isQuoted || /[",\n\r]/.test(characters)
    ? Buffer.from(`"${characters.replaceAll('"', '""')}"`, 'latin1')
    : text;
}
