import { Worker } from 'node:worker_threads';
import { engineFault, type TallystickError } from '../../domain/problem.ts';
import { carryFault, faultOf } from '../../program/carried-fault.ts';
import type { TextRange } from '../extract/text-ranges.ts';
import type { RangeAnswer, RangedFile, RangeOrder, ThreadMessage, ThreadStart } from './range-messages.ts';

interface Waiting {
  readonly done: (answer: RangeAnswer) => void;
  readonly fail: (fault: unknown) => void;
}

/** One thread that reads ranges (`range-reader`). What it has to say of an error never quotes data. */
export class ReaderThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  readonly #hasEnded: Promise<void>;
  #file: RangedFile | null = null;
  #fault: unknown = null;

  /** @param script what the thread runs; the keys are handed over to it */
  constructor(script: string, start: ThreadStart) {
    this.#worker = new Worker(script, {
      workerData: start,
      transferList: [...start.keys.values()].map(({ buffer }) => buffer as ArrayBuffer),
      env: {},
      stdout: true, // what it prints is printed nowhere
      stderr: true,
    });
    this.#worker.on('message', (message: ThreadMessage) => {
      if ('fault' in message) this.#fail(faultOf(message.fault));
      else this.#waiting.shift()!.done(message);
    });
    this.#worker.on('error', (fault) =>
      this.#fail(isOutOfMemory(fault) ? ended() : faultOf(carryFault(fault))),
    );
    this.#hasEnded = new Promise((done) => {
      this.#worker.on('exit', () => {
        this.#fail(ended());
        done();
      });
    });
  }

  /** Has a range of a file read, whose bytes are handed over with room for the answer. Answers come in the order of the calls. */
  read(file: RangedFile, range: TextRange, room: Uint8Array<ArrayBuffer>): Promise<RangeAnswer> {
    return new Promise((done, fail) => {
      if (this.#fault !== null) return fail(this.#fault);
      this.#waiting.push({ done, fail });
      if (this.#file !== file) this.#order({ ask: 'begin', file });
      this.#file = file;
      this.#order({ ask: 'read', range, room }, [range.text.buffer, room.buffer]);
    });
  }

  /** Has everything overwritten that it holds of the file that was read last. */
  endFile(): void {
    this.#file = null;
    this.#order({ ask: 'end' });
  }

  /** Has its keys overwritten, and waits for its end. */
  async close(): Promise<void> {
    this.#order({ ask: 'close' });
    await this.#hasEnded;
  }

  /** Ends it at once. @param reason with which it answers whoever waits for it */
  kill(reason: unknown): void {
    this.#fail(reason);
    void this.#worker.terminate();
  }

  #order(order: RangeOrder, handedOver: ArrayBuffer[] = []): void {
    this.#worker.postMessage(order, handedOver);
  }

  /** After a fault nothing that the thread answers is certain to belong to what was asked. */
  #fail(fault: unknown): void {
    this.#fault ??= fault;
    for (const { fail } of this.#waiting.splice(0)) fail(this.#fault);
  }
}

function isOutOfMemory(fault: unknown): boolean {
  return (fault as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function ended(): TallystickError {
  return engineFault({
    message: 'a thread that reads the extracts ended before its work was done; nothing was published',
    wayOut: 'it may have run out of memory: let the program use less with --threads',
  });
}
