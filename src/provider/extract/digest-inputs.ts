import type { Problem } from '../../domain/problem.ts';
import { KeptThread } from '../../kept-thread.ts';
import { digestFile } from '../../write/digest-file.ts';
import type { InputFile } from './find-files.ts';

/**
 * Runs in a thread of its own, so that digesting does not wait for the hashing thread, nor it for digesting.
 *
 * Where the end of the text is asked for, it also unpacks each gzip file to its end. A run does not ask: its reading unpacks the file, and
 * zlib checks length and checksum there.
 */
const DIGEST_THREAD = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { createReadStream } = require('node:fs');
const { finished } = require('node:stream/promises');
const { createGunzip } = require('node:zlib');

// the end of the text is kept where it is asked for, which a run does not do
async function digest({ path, compression, tailBytes }) {
  let tail = Buffer.alloc(0);
  const keep = (piece) => {
    tail = (piece.length < tailBytes ? Buffer.concat([tail, piece]) : piece).subarray(-tailBytes);
  };
  const hash = createHash('sha256');
  const gunzip = compression === 'gzip' && tailBytes > 0 ? createGunzip({ chunkSize: 1 << 20 }).resume() : null;
  gunzip?.on('data', keep);
  const ended = gunzip === null ? null : finished(gunzip).then(() => true, () => false);
  for await (const piece of createReadStream(path, { highWaterMark: 4 << 20 })) {
    hash.update(piece);
    if (tailBytes > 0 && compression === 'none') keep(piece);
    if (gunzip !== null && !gunzip.destroyed && !gunzip.write(piece)) {
      await Promise.race([ended, new Promise((resolve) => gunzip.once('drain', resolve))]);
    }
  }
  gunzip?.end();
  const isWhole = gunzip === null || ((await ended) && (await isPadding(path, gunzip.bytesWritten)));
  return { sha256: hash.digest('hex'), isWhole, tail: new Uint8Array(tail) };
}

// zlib stops at a zero behind a member without an error: what follows may only be zeros, or rows would be lost
async function isPadding(path, start) {
  for await (const piece of createReadStream(path, { start })) if (piece.some((byte) => byte !== 0)) return false;
  return true;
}

parentPort.on('message', async (files) => {
  const digests = [];
  for (const file of files) digests.push(await digest(file));
  parentPort.postMessage(digests);
});
`;

const threads = new KeptThread(DIGEST_THREAD);

/** Files of no more bytes together are digested without the thread: 16 MiB take 8 ms, and the thread 33 ms to start. */
const IN_PLACE_BYTES = 16 << 20;

export interface FileDigest {
  /** 64 hexadecimal digits */
  readonly sha256: string;
  /** false of a gzip file that is damaged or cut short, where the end of its text was asked for; else true */
  readonly isWhole: boolean;
  /** the last bytes of the unpacked text; empty where none were asked for, and of zstd files */
  readonly tail: Uint8Array;
}

/**
 * SHA-256 of whole files as they lie on disk, in the order given, as 64 hexadecimal digits each.
 *
 * @param signal stops it; the promise is then rejected
 * @throws the fault of a file that cannot be read
 */
export async function digestInputs(
  files: readonly InputFile[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const isLittle = files.reduce((sum, { bytes }) => sum + bytes, 0) <= IN_PLACE_BYTES;
  const digests = isLittle ? await digestInThisThread(files, signal) : await digestFiles(files, signal, 0);
  return digests.map(({ sha256 }) => sha256);
}

/**
 * The same, and whether each file is whole, and how its text ends.
 *
 * @param tailBytes how much of the end of each text is kept, in bytes
 */
export function digestFiles(
  files: readonly InputFile[],
  signal: AbortSignal,
  tailBytes: number,
): Promise<readonly FileDigest[]> {
  return new Promise((resolve, reject) => {
    const thread = threads.take();
    const stop = () => void thread.terminate();
    signal.addEventListener('abort', stop, { once: true });
    thread.once('message', (digests: readonly FileDigest[]) => {
      signal.removeEventListener('abort', stop);
      threads.giveBack(thread);
      resolve(digests);
    });
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the digest thread stopped')));
    thread.ref();
    thread.postMessage(files.map(({ path, compression }) => ({ path, compression, tailBytes })));
  });
}

async function digestInThisThread(
  files: readonly InputFile[],
  signal: AbortSignal,
): Promise<readonly Pick<FileDigest, 'sha256'>[]> {
  const digests: Pick<FileDigest, 'sha256'>[] = [];
  for (const { path } of files) {
    signal.throwIfAborted();
    digests.push(await digestFile(path));
  }
  return digests;
}

/** What is wrong with gzip files that are damaged or cut short. */
export function brokenFiles(files: readonly InputFile[], digests: readonly FileDigest[]): Problem[] {
  return files
    .filter((_, index) => digests[index]?.isWhole === false)
    .map(({ shownAs }) => ({
      file: shownAs,
      message: 'is not a whole gzip file',
      wayOut: 'ask for the file again',
    }));
}
