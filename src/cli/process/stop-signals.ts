import { EXIT, interrupted } from '../../domain/problem.ts';

/** The signals that ask a run to stop: Ctrl-C, and what schedulers and containers send. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/**
 * npm and npx pass on a Ctrl-C that the terminal has sent to this process as well, within milliseconds. A second one
 * from a person takes longer.
 */
const ECHO_MS = 500;

/** Listens for signals until it is told not to. */
export interface StopSignals {
  /** aborted, with exit code 130 as its reason, by the first signal */
  readonly signal: AbortSignal;
  close(): void;
}

/**
 * The first signal asks for a clean stop. A second ends the process at once; what must be removed even then is removed
 * by listeners of the process's `exit`.
 *
 * @param onFirst told that stopping has begun
 */
export function listenForStop(onFirst: () => void): StopSignals {
  const controller = new AbortController();
  let first = 0;
  const listener = () => {
    if (controller.signal.aborted) {
      if (performance.now() - first > ECHO_MS) process.exit(EXIT.interrupted);
      return;
    }
    first = performance.now();
    controller.abort(interrupted());
    onFirst();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    signal: controller.signal,
    close: () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
