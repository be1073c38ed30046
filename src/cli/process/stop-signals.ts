import { interrupted } from '../../domain/problem.ts';
import { endAtOnce } from './end-at-once.ts';

/** The signals that ask a run to stop: Ctrl-C, and what schedulers and containers send. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/**
 * npm and npx pass on a Ctrl-C that the terminal has sent to this process as well, within milliseconds. A second one
 * from a person takes longer.
 */
const ECHO_MS = 500;

/** How long work may take to stop after an error that nobody caught. */
const UNWIND_MS = 10_000;

/** What stops the work that is going on. */
const underWay = new Set<AbortController>();

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
  underWay.add(controller);
  let first = 0;
  const listener = () => {
    if (controller.signal.aborted) {
      if (performance.now() - first > ECHO_MS) endAtOnce();
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
      underWay.delete(controller);
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}

/**
 * Stops whatever is going on after an error that nobody caught, as a signal would: the engine lets go of its threads, and every
 * `finally` runs. What takes too long is ended at once.
 *
 * @returns false where nothing is going on
 */
export function stopForFault(): boolean {
  for (const controller of underWay) controller.abort(interrupted());
  if (underWay.size > 0) setTimeout(endAtOnce, UNWIND_MS).unref();
  return underWay.size > 0;
}
