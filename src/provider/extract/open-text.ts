import { open } from 'node:fs/promises';
import { refused } from '../../domain/problem.ts';
import type { FileFormat } from '../../pipeline/file-format.ts';
import type { InputFile } from './find-files.ts';
import { gunzip } from './gunzip.ts';
import { Latin1Check } from './latin-1.ts';
import { unzstd } from './unzstd.ts';

const READ_BYTES = 1 << 20;

/** The name iconv-lite gives each encoding that has to be turned into UTF-8; UTF-8 passes as it is. */
const ICONV_NAMES = { 'windows-1252': 'windows-1252', 'latin-1': 'iso-8859-1', 'utf-16': 'utf-16' } as const;

/**
 * A file's text as UTF-8 bytes, decompressed, in pieces of about a mebibyte. Every reading of a file begins here. A piece is valid until the one
 * behind the next is asked for.
 *
 * @throws TallystickError (exit 1) for a compressed file that is damaged, cut short or followed by something else, and for
 * windows-1252 that is declared as latin-1; damage may be found only at the end of the file
 */
export async function* openText(file: InputFile, encoding: FileFormat['encoding']): AsyncGenerator<Buffer> {
  yield* decodeText(decompressed(file), encoding, file.shownAs);
}

/**
 * Bytes as UTF-8. What cannot be decoded becomes a byte that no UTF-8 text has.
 *
 * @throws TallystickError (exit 1) for windows-1252 that is declared as latin-1
 */
export async function* decodeText(
  bytes: AsyncIterable<Buffer>,
  encoding: FileFormat['encoding'],
  shownAs: string,
): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    yield* bytes;
    return;
  }
  // its tables of encodings take longer to load than a small file to read
  const { default: iconv } = await import('iconv-lite');
  const decoder = iconv.getDecoder(ICONV_NAMES[encoding], { stripBOM: true });
  const latin1 = encoding === 'latin-1' ? new Latin1Check(shownAs) : null;
  let held = '';
  let length = 0;
  for await (const piece of bytes) {
    length += piece.length;
    const text = held + decoder.write(piece);
    latin1?.check(text);
    held = FIRST_HALF.test(text) ? text.slice(-1) : '';
    yield utf8Of(held === '' ? text : text.slice(0, -1));
  }
  yield utf8Of(held + (decoder.end() ?? ''));
  // half of a character, which the decoder drops
  if (encoding === 'utf-16' && length % 2 === 1) yield NOT_TEXT;
}

/** A text that ends between the two halves of one character, which utf-16 may do anywhere. */
const FIRST_HALF = /[\ud800-\udbff]$/;
/** The replacement for bytes that could not be decoded, and for half a character alone. */
const UNREADABLE = /\ufffd|\p{Surrogate}/u;
/** A byte that no UTF-8 text has. */
const NOT_TEXT = Buffer.from([0xff]);

/** UTF-8, in which what could not be decoded is as unreadable as it was, so that its row is found and quarantined. */
function utf8Of(text: string): Buffer {
  if (!UNREADABLE.test(text)) return Buffer.from(text, 'utf8');
  const pieces = text.split(UNREADABLE).flatMap((piece) => [NOT_TEXT, Buffer.from(piece, 'utf8')]);
  return Buffer.concat(pieces.slice(1));
}

/**
 * The bytes of a file, in two buffers that take turns: a new one for each piece would be a gibibyte a second for the garbage collector to find.
 * So a piece is valid until the one behind the next is asked for.
 */
async function* readPlainly(path: string, bytes: number): AsyncGenerator<Buffer> {
  const file = await open(path);
  const buffers = [Buffer.allocUnsafeSlow(bytes), Buffer.allocUnsafeSlow(bytes)] as const;
  try {
    for (let turn = 0; ; turn = 1 - turn) {
      const buffer = turn === 0 ? buffers[0] : buffers[1];
      const { bytesRead } = await file.read(buffer, 0, bytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* decompressed(file: InputFile): AsyncGenerator<Buffer> {
  // as much memory is taken for a piece as it may be long
  const readBytes = Math.min(READ_BYTES, file.bytes + 1);
  try {
    if (file.compression === 'gzip') yield* gunzip(file.path, readBytes);
    else if (file.compression === 'zstd') yield* unzstd(file.path, readBytes);
    else yield* readPlainly(file.path, readBytes);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'EACCES') {
      throw refused({ file: file.shownAs, message: 'cannot be read: permission denied' });
    }
    throw refused({
      file: file.shownAs,
      message: file.compression === 'none' ? 'cannot be read' : `is not a whole ${file.compression} file`,
      wayOut: 'ask for the file again',
    });
  }
}
