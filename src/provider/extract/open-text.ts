import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Decompress as ZstdDecompress } from 'fzstd';
import iconv from 'iconv-lite';
import xxhash from 'xxhash-wasm';
import { refused } from '../../domain/problem.ts';
import type { FileFormat } from '../../pipeline/pipeline.ts';
import type { InputFile } from './find-files.ts';
import { zstdFrames } from './zstd-frames.ts';

const READ_BYTES = 1 << 20;
const LF = 0x0a;

/** The name iconv-lite gives each encoding that has to be turned into UTF-8; UTF-8 passes as it is. */
const ICONV_NAMES = { 'windows-1252': 'windows-1252', 'latin-1': 'iso-8859-1', 'utf-16': 'utf-16' } as const;

/**
 * A file's text as UTF-8 bytes, decompressed, in pieces of about a mebibyte. The program's own way to a file, for
 * headers, for finding faulty rows, and for encodings the engine does not read; bulk reading is the engine's.
 *
 * @throws TallystickError (exit 1) for a compressed file that is damaged or cut short
 */
export async function* openText(file: InputFile, encoding: FileFormat['encoding']): AsyncGenerator<Buffer> {
  const bytes = encoding === 'latin-1' ? withoutControls(decompressed(file), file) : decompressed(file);
  if (encoding === 'utf-8') {
    yield* bytes;
    return;
  }
  const decoder = iconv.getDecoder(ICONV_NAMES[encoding], { stripBOM: true });
  let held = '';
  for await (const piece of bytes) {
    const text = held + decoder.write(piece);
    held = FIRST_HALF.test(text) ? text.slice(-1) : '';
    yield utf8Of(held === '' ? text : text.slice(0, -1));
  }
  yield utf8Of(held + (decoder.end() ?? ''));
}

/**
 * The bytes 80 to 9F are control characters in latin-1, which no extract has, and quotes, dashes and the euro sign in windows-1252.
 *
 * @throws TallystickError (exit 1) at the first of them
 */
async function* withoutControls(
  pieces: AsyncIterable<Buffer>,
  { shownAs }: InputFile,
): AsyncGenerator<Buffer> {
  let line = 1;
  for await (const piece of pieces) {
    const found = piece.findIndex((byte) => byte >= 0x80 && byte <= 0x9f);
    const read = found < 0 ? piece : piece.subarray(0, found);
    for (let at = read.indexOf(LF); at >= 0; at = read.indexOf(LF, at + 1)) line += 1;
    if (found >= 0) {
      throw refused({
        file: shownAs,
        line,
        message: 'is not latin-1: it has a byte of 80 to 9F, which is a character in windows-1252 only',
        wayOut: 'declare the encoding it has: utf-8, windows-1252 or utf-16',
      });
    }
    yield piece;
  }
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

async function* decompressed(file: InputFile): AsyncGenerator<Buffer> {
  // as much memory is taken for a piece as it may be long
  const raw = createReadStream(file.path, { highWaterMark: Math.min(READ_BYTES, file.bytes + 1) });
  try {
    if (file.compression === 'none') yield* raw as AsyncIterable<Buffer>;
    else if (file.compression === 'gzip') {
      const gunzip = createGunzip({ chunkSize: READ_BYTES });
      raw.once('error', (fault) => gunzip.destroy(fault));
      yield* raw.pipe(gunzip) as AsyncIterable<Buffer>;
    } else yield* unzstd(file.path);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'EACCES') {
      throw refused({ file: file.shownAs, message: 'cannot be read: permission denied' });
    }
    throw refused({
      file: file.shownAs,
      message: file.compression === 'none' ? 'cannot be read' : `is not a whole ${file.compression} file`,
      wayOut: 'ask for the file again',
    });
  } finally {
    raw.destroy();
  }
}

/**
 * The text of a zstd file, frame by frame. Node 20 has no zstd of its own.
 *
 * @throws where a frame is missing, incomplete, or has another checksum than its text
 */
async function* unzstd(path: string): AsyncGenerator<Buffer> {
  const frames = zstdFrames(path);
  if (frames === null) throw new Error('the last frame is missing or incomplete');
  const { create64 } = await xxhash();
  for (const { start, end, checksum, isSkippable } of frames) {
    if (isSkippable) continue;
    const digest = create64();
    let ready: Buffer[] = [];
    const decompress = new ZstdDecompress((piece) => ready.push(Buffer.from(piece)));
    const take = (): Buffer[] => {
      const pieces = ready;
      ready = [];
      for (const piece of pieces) digest.update(piece);
      return pieces;
    };
    const frame = createReadStream(path, { start, end: end - 1, highWaterMark: READ_BYTES });
    for await (const piece of frame as AsyncIterable<Buffer>) {
      decompress.push(piece);
      yield* take();
    }
    decompress.push(new Uint8Array(0), true);
    yield* take();
    if (checksum !== null && Number(BigInt.asUintN(32, digest.digest())) !== checksum) {
      throw new Error('the checksum of a frame is not that of its text');
    }
  }
}
