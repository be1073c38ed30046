import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Random } from './random.ts';
import { RowBuffer } from './row-buffer.ts';

/**
 * Bytes collected before a write: large enough that the system call costs nothing, small enough to stay in
 * cache.
 */
const CHUNK_BYTES = 1 << 20;

/**
 * Bytes collected before a write of a shuffled file: about 40,000 episodes. Episodes and contacts reach a real
 * extract by date of submission, not by patient; in patient order they would favour every cache in the program
 * that reads them.
 */
const SHUFFLE_BYTES = 8 << 20;

/**
 * gzip's own default, which suppliers' tools use. Node writes no time of modification into the
 * header.
 */
const GZIP_LEVEL = 6;

export interface WrittenFile {
  /** Path below the output directory, with forward slashes. */
  readonly path: string;
  /** Rows without the header. */
  readonly rows: number;
  /** Bytes on disk, compressed where the file is. */
  readonly bytes: number;
}

export interface ExtractFileOptions {
  readonly gzip?: boolean;
  /** Shuffle rows within windows of SHUFFLE_BYTES, with this source of randomness. */
  readonly shuffle?: Random;
}

/**
 * One CSV file being written. Rows are put into `buffer`; when `isFull`, `flush` starts one write and hands
 * back an empty buffer, so that at most one buffer is on its way to the disk while another fills: memory is
 * bounded, and a slow disk slows the generator down.
 */
export class ExtractFile {
  private rowCount = 0;
  private filling: RowBuffer;
  private spare: RowBuffer;
  private inFlight: Promise<void> = Promise.resolve();
  private readonly path: string;
  private readonly windowBytes: number;
  private readonly shuffle: Random | undefined;
  private readonly file: WriteStream;
  private readonly sink: Writable;
  private readonly ended: Promise<void>;

  private constructor(outDir: string, path: string, options: ExtractFileOptions) {
    this.path = path;
    this.shuffle = options.shuffle;
    this.windowBytes = options.shuffle === undefined ? CHUNK_BYTES : SHUFFLE_BYTES;
    this.filling = new RowBuffer(this.windowBytes);
    this.spare = new RowBuffer(this.windowBytes);
    this.file = createWriteStream(join(outDir, path));
    if (options.gzip) {
      const gzip = createGzip({ level: GZIP_LEVEL, chunkSize: CHUNK_BYTES });
      this.sink = gzip;
      this.ended = pipeline(gzip, this.file);
    } else {
      this.sink = this.file;
      this.ended = finished(this.file);
    }
    this.ended.catch(() => {}); // a failure is reported by the write that meets it, or by close
  }

  /**
   * Opens a file for writing, with its header as first line. The same extract in the other form (compressed
   * or not) is removed, so that a pattern such as `events.csv*` never reads two generations at once.
   * @param path below outDir, without `.gz`, which is added when compressing
   */
  static async open(
    outDir: string,
    path: string,
    header: string,
    options: ExtractFileOptions = {},
  ): Promise<ExtractFile> {
    await mkdir(dirname(join(outDir, path)), { recursive: true });
    await rm(join(outDir, options.gzip ? path : `${path}.gz`), { force: true });
    const file = new ExtractFile(outDir, options.gzip ? `${path}.gz` : path, options);
    file.send(Buffer.from(`${header}\n`));
    return file;
  }

  /** The buffer for the next row. It changes at every flush: get it again for each household. */
  get buffer(): RowBuffer {
    return this.filling;
  }

  /** Whether the buffer has enough bytes for a write. */
  get isFull(): boolean {
    return this.filling.length >= this.windowBytes;
  }

  /**
   * Starts writing the buffer, once the previous write is done. Throws the error of that write (disk full,
   * ...).
   */
  async flush(): Promise<void> {
    await this.inFlight;
    const { filling, spare } = this;
    this.rowCount += filling.rowEnds.length;
    this.filling = spare;
    this.spare = filling;
    spare.clear();
    if (this.shuffle === undefined) {
      this.send(filling.bytes.subarray(0, filling.length));
    } else {
      this.send(shuffledRows(filling, this.shuffle));
    }
  }

  /** Writes the rest and ends the file. @returns rows and bytes written */
  async close(): Promise<WrittenFile> {
    await this.flush();
    await this.inFlight;
    this.sink.end();
    await this.ended;
    return { path: this.path, rows: this.rowCount, bytes: this.file.bytesWritten };
  }

  /** Abandons the file after a failure elsewhere; the incomplete file stays. */
  abandon(): void {
    this.sink.destroy();
    this.file.destroy();
  }

  private send(bytes: Uint8Array): void {
    this.inFlight = new Promise((resolve, reject) => {
      this.sink.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    this.inFlight.catch(() => {}); // awaited by the next flush
  }
}

/** A copy of the rows in random order. */
function shuffledRows(rows: RowBuffer, random: Random): Uint8Array {
  const shuffled = new Uint8Array(rows.length);
  let at = 0;
  for (const row of random.shuffledIndexes(rows.rowEnds.length)) {
    const start = row === 0 ? 0 : rows.rowEnds[row - 1]!;
    const end = rows.rowEnds[row]!;
    shuffled.set(rows.bytes.subarray(start, end), at);
    at += end - start;
  }
  return shuffled;
}
