import { carryFault } from '../program/carried-fault.ts';
import type { StageProgress } from '../program/progress.ts';
import { provideStore } from './provide-store.ts';
import type { ProviderMessage, ProviderOrder } from './provider-channel.ts';

/** How often the rows of a stage are reported, in milliseconds: as often as a terminal draws them. */
const SAY_MS = 200;

/**
 * Carries out one order, and reports progress and log lines: last of all that it is done, or what was wrong.
 *
 * Nothing stops it: whoever gave the order ends the process.
 */
export async function serveProvider(
  order: ProviderOrder,
  send: (message: ProviderMessage) => void,
): Promise<void> {
  const { privateDirectory, runDate, threads, memory } = order;
  const settings = {
    privateDirectory,
    runDate,
    threads,
    memory,
    progress: new SaidProgress(send),
    log: (event) => send({ say: 'log', event }),
    signal: new AbortController().signal,
  } satisfies Parameters<typeof provideStore>[1];
  try {
    send({ say: 'done', store: await provideStore(order, settings) });
  } catch (fault) {
    send({ say: 'failed', fault: carryFault(fault) });
  }
}

/** Progress that is shown elsewhere. */
class SaidProgress implements StageProgress {
  readonly #send: (message: ProviderMessage) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (message: ProviderMessage) => void) {
    this.#send = send;
  }

  begin(stage: string, rowsDone: () => number, rowsExpected: number | null): void {
    this.#stop();
    this.#send({ say: 'begin', stage, rowsExpected });
    this.#timer = setInterval(() => this.#send({ say: 'rows', rowsDone: rowsDone() }), SAY_MS).unref();
  }

  end(): void {
    this.#stop();
    this.#send({ say: 'end' });
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
