import { Worker } from 'node:worker_threads';

/**
 * Threads that all run one text. One that has nothing to do is kept for the next who needs it: to start a thread takes
 * 33 ms of a processor. A thread that is kept does not keep the process alive.
 */
export class KeptThread {
  readonly #text: string;
  #idle: Worker | null = null;

  /** @param text what the thread runs (CommonJS) */
  constructor(text: string) {
    this.#text = text;
  }

  /** A thread for the caller alone. */
  take(): Worker {
    const thread = this.#idle ?? new Worker(this.#text, { eval: true });
    this.#idle = null;
    thread.removeAllListeners();
    return thread;
  }

  /** Takes a thread back that has answered everything it was asked; the caller's listeners are removed. */
  giveBack(thread: Worker): void {
    thread.removeAllListeners();
    thread.unref();
    const forget = () => {
      if (this.#idle === thread) this.#idle = null;
    };
    thread.on('error', forget);
    thread.on('exit', forget);
    if (this.#idle === null) this.#idle = thread;
    else void thread.terminate();
  }
}
