import { createRequire } from 'node:module';
import type { KeyRing } from '../../keys/key-ring.ts';
import { type TokenKind, tokenInfo } from '../../keys/recipes.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import type { InputFile } from '../extract/find-files.ts';
import type { TextRange } from '../extract/text-ranges.ts';
import type { RangeAnswer, RangedFile, ThreadStart } from './range-messages.ts';
import { ReaderThread } from './reader-thread.ts';
import { SpareBuffers } from './spare-buffers.ts';

const MIB = 1 << 20;

/** How files are divided among threads. */
export interface RangeSettings {
  /**
   * bytes of a range: a thread reads and hashes as many in some 20 ms, beside which a message is nothing. Of twice as many, what is handed to and fro would let V8
   * look through the whole heap of the provider's thread again and again, for it counts as that heap's memory
   */
  readonly rangeBytes: number;
  /**
   * files with fewer bytes are read without threads; of packed files a quarter. A thread takes 60 to 100 ms to start, and compiles and optimises anew what
   * it runs: with threads for files of 28 MB, and for their release, a run of 100,000 patients took 4.8 processor seconds instead of 3.7, and no less time
   */
  readonly leastBytes: number;
  /** what a thread runs */
  readonly script: string;
}

/** Ranges of a thread that are read or wait for it: with a second one it has something to do when it has answered. */
const UNDER_WAY = 2;

/** Threads that read ranges of files and make the tokens of their rows. Each is started when there is a range for it. */
export class ReaderThreads {
  readonly rangeBytes: number;
  readonly count: number;
  /** for ranges of whatever file, and for what is made of them */
  readonly spare = new SpareBuffers();
  readonly #start: () => ThreadStart;
  readonly #settings: RangeSettings;
  readonly #signal: AbortSignal;
  readonly #abort = () => this.#kill();
  readonly #threads: ReaderThread[] = [];

  /**
   * @param count of threads; with one, files are read without any
   * @param ring lends its derived keys of these kinds, a copy to each thread
   * @param signal ends the threads when it is aborted
   */
  constructor(
    count: number,
    { pipeline, runDate, lists, kinds }: Omit<ThreadStart, 'keys'>,
    ring: KeyRing,
    signal: AbortSignal,
    settings: Partial<RangeSettings> = {},
  ) {
    this.count = count;
    this.#start = () => ({
      pipeline,
      runDate,
      lists,
      kinds,
      keys: new Map(kinds.map((kind: TokenKind) => [tokenInfo(kind), ring.derive(tokenInfo(kind))])),
    });
    this.#settings = { rangeBytes: 2 * MIB, leastBytes: 64 * MIB, script: rangeReader(), ...settings };
    this.rangeBytes = this.#settings.rangeBytes;
    this.#signal = signal;
    signal.addEventListener('abort', this.#abort);
  }

  /** Whether a file of a table is to be divided among them: not of addresses, of which a row's tokens depend on the births of patients. */
  areFor({ kind }: Pick<TableSpec, 'kind'>, { bytes, compression }: InputFile): boolean {
    if (kind === 'addresses') return false;
    const packed = compression === 'none' ? 1 : 4;
    return this.count > 1 && bytes * packed >= this.#settings.leastBytes;
  }

  /** Ranges that may be under way at once. */
  get most(): number {
    return this.count * UNDER_WAY;
  }

  /** Has the n-th range of a file read, from 0, by thread n modulo their number. @throws whatever its thread throws; the reason of the signal, if it is aborted */
  read(file: RangedFile, n: number, range: TextRange, room: Uint8Array<ArrayBuffer>): Promise<RangeAnswer> {
    // a stop that was heard before there was a thread to end
    if (this.#signal.aborted) return Promise.reject(this.#signal.reason);
    const index = n % this.count;
    this.#threads[index] ??= new ReaderThread(this.#settings.script, this.#start());
    return this.#threads[index].read(file, range, room);
  }

  /** Has everything overwritten that the threads hold of the file that was read last. */
  endFile(): void {
    for (const thread of this.#threads) thread.endFile();
  }

  /** Has all keys overwritten, and waits for the end of the threads. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#abort);
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #kill(): void {
    for (const thread of this.#threads) thread.kill(this.#signal.reason);
  }
}

function rangeReader(): string {
  return createRequire(import.meta.url).resolve('#range-reader');
}
