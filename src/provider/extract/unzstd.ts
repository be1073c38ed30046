import { createReadStream } from 'node:fs';
import { Decompress } from 'fzstd';
import xxhash from 'xxhash-wasm';
import { type ZstdFrame, zstdFrames } from './zstd-frames.ts';

const LOW_32_BITS = 0xffff_ffffn;

/**
 * The text of a zstd file, frame by frame, of which each that has a checksum is checked: `fzstd` does not look at it. (Node 20 has no
 * zstd of its own.) Text is given out before its frame ends; the caller must discard it if this throws.
 *
 * @param readBytes how much of the file is read at a time
 * @throws Error for a file that is cut short, damaged, or followed by something else
 */
export async function* unzstd(path: string, readBytes: number): AsyncGenerator<Buffer> {
  const frames = zstdFrames(path);
  if (frames === null) throw new Error('the last frame is missing or incomplete');
  for (const frame of frames) if (!frame.isSkippable) yield* textOf(path, frame, readBytes);
}

async function* textOf(
  path: string,
  { start, end, checksum }: ZstdFrame,
  readBytes: number,
): AsyncGenerator<Buffer> {
  const hash = checksum === null ? null : (await xxhash()).create64();
  let ready: Buffer[] = [];
  const decompress = new Decompress((piece) => {
    hash?.update(piece);
    ready.push(Buffer.from(piece));
  });
  // `end` of a stream is its last byte
  const raw = createReadStream(path, {
    start,
    end: end - 1,
    highWaterMark: Math.min(readBytes, end - start),
  });
  for await (const piece of raw as AsyncIterable<Buffer>) {
    decompress.push(piece);
    yield* ready;
    ready = [];
  }
  decompress.push(new Uint8Array(0), true);
  yield* ready;
  if (hash !== null && Number(hash.digest() & LOW_32_BITS) !== checksum) {
    throw new Error('the checksum of a frame is another');
  }
}
