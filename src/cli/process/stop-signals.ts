import { interrupted } from '../../domain/problem.ts';
import { endAtOnce } from './end-at-once.ts';

/** The signals that request a stop: Ctrl-C, those of schedulers and containers, and that of a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/**
 * npm and npx repeat a Ctrl-C that the terminal has already sent to this process, within milliseconds. A second Ctrl-C by a person
 * takes longer.
 */
const ECHO_MS = 500;

/** How long work may take to stop after an uncaught error. */
const UNWIND_MS = 10_000;

/** The stop function of the current work. */
const underWay = new Set<AbortController>();

/** Listens for signals until it is closed. */
export interface StopSignals {
  /** aborted, with exit code 130 as its reason, by the first signal */
  readonly signal: AbortSignal;
  close(): void;
}

/**
 * The first signal requests a clean stop. A second ends the process at once; what must be removed even then is removed
 * by listeners of the process's `exit`.
 *
 * @param onFirst called when stopping begins
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
 * Stops the current work after an uncaught error, as a signal would: the engine releases its threads, and every `finally` runs. Work
 * that takes too long to stop is ended at once.
 *
 * @returns false where there is no current work
 */
export function stopForFault(): boolean {
  for (const controller of underWay) controller.abort(interrupted());
  if (underWay.size > 0) setTimeout(endAtOnce, UNWIND_MS).unref();
  return underWay.size > 0;
}
