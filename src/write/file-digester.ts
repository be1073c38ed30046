import { lstatSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { KeptThread } from '../kept-thread.ts';
import type { FileDigest } from './digesting-file.ts';
import { asWriteError } from './write-error.ts';

/**
 * The identity and state of a file: any write to it, and any replacement by another file, changes one of these. Nobody but
 * the administrator of the machine can set the time of the last change (ctime) back.
 */
export interface FileStamp {
  readonly device: string;
  readonly inode: string;
  readonly bytes: string;
  readonly modified: string;
  readonly changed: string;
}

/** The state of a file now; null where there is none. */
export function stampOf(path: string): FileStamp | null {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return null;
  return {
    device: String(stat.dev),
    inode: String(stat.ino),
    bytes: String(stat.size),
    modified: String(stat.mtimeNs),
    changed: String(stat.ctimeNs),
  };
}

/** A digest, and the state in which the file was from its first to its last byte. */
export interface StampedDigest extends FileDigest {
  readonly stamp: FileStamp;
}

type Answer =
  | { readonly bytes: number; readonly sha256: string; readonly stamp: FileStamp }
  | { readonly code: string | undefined; readonly message: string };

/**
 * Reads files one after another in a separate thread, so that digesting and the hashing of tokens do not wait for each other. A FIFO
 * or device is opened without waiting, and refused.
 */
const DIGEST_THREAD = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { openSync, fstatSync, readSync, closeSync, constants } = require('node:fs');
const buffer = Buffer.allocUnsafe(4 << 20);

function stampOf(descriptor) {
  const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(descriptor, { bigint: true });
  return { device: String(dev), inode: String(ino), bytes: String(size), modified: String(mtimeNs), changed: String(ctimeNs) };
}

function digest(path) {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error('not a plain file');
    const stamp = stampOf(descriptor);
    const hash = createHash('sha256');
    let bytes = 0;
    for (;;) {
      const read = readSync(descriptor, buffer, 0, buffer.length, null);
      if (read === 0) break;
      hash.update(buffer.subarray(0, read));
      bytes += read;
    }
    const after = stampOf(descriptor);
    if (Object.keys(stamp).some((key) => stamp[key] !== after[key])) throw new Error('changed while it was read');
    return { bytes, sha256: hash.digest('hex'), stamp };
  } finally {
    closeSync(descriptor);
  }
}

parentPort.on('message', (path) => {
  try {
    parentPort.postMessage(digest(path));
  } catch (fault) {
    parentPort.postMessage({ code: fault.code, message: fault.message });
  }
});
`;

const threads = new KeptThread(DIGEST_THREAD);

/** SHA-256 of files, computed in the background, in the order of the requests. */
export class FileDigester {
  /** null until there is a file to digest */
  #worker: Worker | null = null;
  readonly #waiting: {
    readonly path: string;
    readonly done: (digest: StampedDigest) => void;
    readonly fail: (fault: unknown) => void;
  }[] = [];
  #isClosing = false;

  #start(): Worker {
    const worker = threads.take();
    worker.on('message', (answer: Answer) => {
      const asked = this.#waiting.shift()!;
      // an answer that arrives while the thread ends must not end the process before `close` has finished
      if (this.#waiting.length === 0 && !this.#isClosing) worker.unref();
      if ('sha256' in answer) asked.done(answer);
      else asked.fail(asWriteError(asked.path, Object.assign(new Error(answer.message), answer)));
    });
    const failAll = () => {
      this.#worker = null; // the next file starts another
      for (const { path, fail } of this.#waiting.splice(0)) {
        fail(asWriteError(path, new Error('the digest thread stopped')));
      }
    };
    worker.on('error', failAll);
    worker.on('exit', failAll);
    return worker;
  }

  /** @throws WriteError where it cannot be read, is no plain file, or changes while it is read */
  digest(path: string): Promise<StampedDigest> {
    return new Promise((done, fail) => {
      this.#worker ??= this.#start();
      if (this.#waiting.length === 0) this.#worker.ref();
      this.#waiting.push({ path, done, fail });
      this.#worker.postMessage(path);
    });
  }

  /** Stops: the promises of files that are still waiting are rejected. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    if (this.#waiting.length > 0) {
      this.#isClosing = true;
      await worker.terminate();
    } else threads.giveBack(worker);
    this.#worker = null;
  }
}
