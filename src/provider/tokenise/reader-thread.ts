import { WorkerThread } from '../../program/worker-thread.ts';
import type { TextRange } from '../extract/text-ranges.ts';
import type { RangeAnswer, RangedFile, RangeOrder, ThreadStart } from './range-messages.ts';

/** One thread that reads ranges (`range-reader`). */
export class ReaderThread {
  readonly #thread: WorkerThread<RangeOrder, RangeAnswer>;
  #file: RangedFile | null = null;

  /** @param script what the thread runs; the keys are handed over to it */
  constructor(script: string, start: ThreadStart) {
    const handedOver = [...start.keys.values()].map(({ buffer }) => buffer as ArrayBuffer);
    this.#thread = new WorkerThread({ script, start, handedOver, does: 'reads the extracts' });
  }

  /** Has a range of a file read, whose bytes are handed over with room for the answer. Answers come in the order of the calls. */
  read(file: RangedFile, range: TextRange, room: Uint8Array<ArrayBuffer>): Promise<RangeAnswer> {
    if (this.#file !== file) this.#thread.tell({ ask: 'begin', file });
    this.#file = file;
    return this.#thread.ask({ ask: 'read', range, room }, [range.text.buffer, room.buffer]);
  }

  /** Has everything overwritten that it holds of the file that was read last. */
  endFile(): void {
    this.#file = null;
    this.#thread.tell({ ask: 'end' });
  }

  /** Has its keys overwritten, and waits for its end. */
  async close(): Promise<void> {
    this.#thread.tell({ ask: 'close' });
    await this.#thread.hasEnded();
  }

  /** Ends it at once. @param reason with which every answer that is waited for is rejected */
  kill(reason: unknown): void {
    this.#thread.kill(reason);
  }
}
