import { rm } from 'node:fs/promises';
import { createWhole } from './create-whole.ts';
import { startBeating, stopBeating } from './heartbeat.ts';
import {
  judgeOwner,
  type Mark,
  NAMELESS_MS,
  type Owner,
  ownerText,
  parseOwner,
  readMark,
  SILENCE_MS,
  watchForBeat,
} from './owner-mark.ts';
import { type ProcessProbe, systemProcesses } from './process-probe.ts';
import { WriteError } from './write-error.ts';

/** The parameters of taking a lock. */
export interface LockOptions {
  /** Called when a dead run's lock is taken over. */
  readonly notice?: (message: string) => void;
  readonly processes?: ProcessProbe;
  readonly now?: () => Date;
  /** how long a holder of unknown state must be silent */
  readonly silenceMs?: number;
  /** ends the wait for a sign of life */
  readonly signal?: AbortSignal;
}

/** The lock of `OUT/<name>`: one run of a pipeline publishes at a time. */
export class RunLock {
  readonly #path: string;
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /**
   * Takes the lock. A lock whose process has died is taken over with a notice: at once, if it was a process of this scope; else after
   * a silence, in which a holder in another container or on another host would have beaten.
   *
   * @throws WriteError `locked` when a live process holds it
   */
  static async take(path: string, options: LockOptions = {}): Promise<RunLock> {
    const processes = options.processes ?? systemProcesses;
    const text = ownerText(processes, options.now);
    if (!(await createWhole(path, text, processes.owner))) {
      const found = await readMark(path);
      if (found !== null) await takeOver(path, found, options);
      if (!(await createWhole(path, text, processes.owner))) throw tooLate(path);
    }
    startBeating(path, text);
    return new RunLock(path, text);
  }

  /**
   * Asserts that the lock is still ours. Call it before publishing: a process that was suspended for long may have lost its lock.
   *
   * @throws WriteError `locked` when another run has taken it over
   */
  async assertHeld(): Promise<void> {
    if ((await readMark(this.#path))?.text === this.#text) return;
    throw new WriteError(
      'locked',
      this.#path,
      'another run took the lock over: this one gave no sign of life, or its lock was removed',
    );
  }

  /** Releases the lock, if it is still ours. */
  async release(): Promise<void> {
    stopBeating(this.#path);
    if ((await readMark(this.#path))?.text === this.#text) await rm(this.#path, { force: true });
  }
}

/** The state of a lock, for a process that does not take it. */
export type LockSight =
  | { readonly state: 'free' }
  /** `unknown` where its holder is in another container or on another host: a process that wants the lock watches for a beat */
  | { readonly state: 'alive' | 'dead' | 'unknown'; readonly holder: string };

/** Reads the state of a lock without changing it. */
export async function lookAtLock(
  path: string,
  processes: ProcessProbe = systemProcesses,
): Promise<LockSight> {
  const found = await readMark(path);
  if (found === null) return { state: 'free' };
  const holder = parseOwner(found.text);
  const since = holder === null ? '' : ` since ${holder.startedAt}`;
  return { state: judgeOwner(holder, processes), holder: `${nameOf(holder, processes)}${since}` };
}

/** Removes the lock of a dead holder, with a notice. @throws WriteError `locked` when it is alive */
async function takeOver(path: string, found: Mark, options: LockOptions): Promise<void> {
  const { notice = () => {}, processes = systemProcesses, silenceMs = SILENCE_MS, signal } = options;
  const holder = parseOwner(found.text);
  const state = judgeOwner(holder, processes);
  if (state === 'alive') throw heldBy(path, holder, processes);
  if (state === 'unknown') {
    const watchMs = holder === null ? Math.min(silenceMs, NAMELESS_MS) : silenceMs;
    const seconds = Math.ceil(watchMs / 1000);
    notice(
      `waiting up to ${seconds} s for a sign of life of ${nameOf(holder, processes)}, whose lock is here`,
    );
    if ((await watchForBeat(path, { silenceMs: watchMs, signal })) === 'beat')
      throw heldBy(path, holder, processes);
  }
  if (await removeDead(path, found, options)) {
    const since = holder === null ? '' : ` (it began at ${holder.startedAt})`;
    const why = state === 'dead' ? 'is gone' : 'gave no sign of life';
    notice(`took over the lock of ${nameOf(holder, processes)}, which ${why}${since}`);
  }
}

/**
 * Removes a dead lock. Two runs may find the same one, and the slower must not remove the lock that the faster has made meanwhile:
 * so this is done under another lock, which is released in turn if its holder dies in these few lines.
 *
 * @returns false where its holder released it meanwhile
 */
async function removeDead(path: string, dead: Mark, options: LockOptions): Promise<boolean> {
  const takeover = await RunLock.take(`${path}.takeover`, options);
  try {
    const there = await readMark(path);
    if (there === null) return false;
    // an empty lock may have been replaced by another empty one
    if (there.text !== dead.text || (dead.text === '' && there.beat !== dead.beat)) throw tooLate(path);
    await rm(path);
    return true;
  } finally {
    await takeover.release();
  }
}

function tooLate(path: string): WriteError {
  return new WriteError('locked', path, 'another run took the lock at the same moment');
}

function heldBy(path: string, holder: Owner | null, processes: ProcessProbe): WriteError {
  const since = holder === null ? '' : ` since ${holder.startedAt}`;
  return new WriteError('locked', path, `${nameOf(holder, processes)} has been publishing here${since}`);
}

/** The name of a holder, for messages. */
function nameOf(holder: Owner | null, processes: ProcessProbe): string {
  if (holder === null) return 'a process that does not say which it is';
  const { pid, host, scope } = holder;
  if (host !== processes.host) return `process ${pid} on host ${host}`;
  return scope === processes.scope ? `process ${pid}` : `process ${pid} of another container on host ${host}`;
}
