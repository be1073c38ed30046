import { open, readFile, rm } from 'node:fs/promises';
import { type ProcessProbe, systemProcesses } from './process-probe.ts';
import { asWriteError, systemErrorCode, WriteError } from './write-error.ts';

/** Who holds a lock, as the lock file says in JSON. */
interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601, for the person who reads the message. */
  readonly startedAt: string;
  readonly birthMark: string | null;
}

/** What taking a lock needs from outside. */
export interface LockOptions {
  /** Told when a dead run's lock is taken over. */
  readonly notice?: (message: string) => void;
  readonly processes?: ProcessProbe;
  readonly now?: () => Date;
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
   * Takes the lock; a lock whose process is gone is taken over with a notice.
   *
   * @throws WriteError `locked` when a live process holds it, or one on another host, of which nothing can be known
   */
  static async take(path: string, options: LockOptions = {}): Promise<RunLock> {
    const { notice = () => {}, processes = systemProcesses, now = () => new Date() } = options;
    const holder: LockHolder = {
      pid: processes.pid,
      host: processes.host,
      startedAt: now().toISOString(),
      birthMark: processes.birthMark(processes.pid),
    };
    const text = `${JSON.stringify(holder)}\n`;
    if (await create(path, text)) return new RunLock(path, text);
    const found = await read(path);
    if (found !== null) {
      const other = parseHolder(path, found);
      if (isHeld(other, processes)) throw heldBy(path, other, processes.host);
      await removeDead(path, found, options);
      notice(`took over the lock of process ${other.pid}, which is gone (it began at ${other.startedAt})`);
    }
    if (await create(path, text)) return new RunLock(path, text);
    throw tooLate(path);
  }

  /** Gives the lock back, if it is still ours. */
  async release(): Promise<void> {
    if ((await read(this.#path)) === this.#text) await rm(this.#path, { force: true });
  }
}

/** Makes the lock file if there is none. It is synced, for an empty lock after a power cut could not be judged. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', 0o644);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw asWriteError(path, error);
  }
}

async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw asWriteError(path, error);
  }
}

/**
 * Removes a dead lock. Two runs may find the same one, and the slower must not remove the lock that the faster has made
 * in the meantime: so this too is done under a lock, which is freed in turn should its holder die in these few lines.
 */
async function removeDead(path: string, dead: string, options: LockOptions): Promise<void> {
  const takeover = await RunLock.take(`${path}.takeover`, options);
  try {
    if ((await read(path)) !== dead) throw tooLate(path);
    await rm(path);
  } finally {
    await takeover.release();
  }
}

function tooLate(path: string): WriteError {
  return new WriteError('locked', path, 'another run took the lock at the same moment');
}

function isHeld(holder: LockHolder, processes: ProcessProbe): boolean {
  if (holder.host !== processes.host) return true;
  if (!processes.isAlive(holder.pid)) return false;
  const birthMark = processes.birthMark(holder.pid);
  return holder.birthMark === null || birthMark === null || holder.birthMark === birthMark;
}

function heldBy(path: string, { pid, host, startedAt }: LockHolder, here: string): WriteError {
  const message =
    host === here
      ? `process ${pid} has been publishing here since ${startedAt}`
      : `process ${pid} on host ${host} has been publishing here since ${startedAt}; if that run is gone, remove this file`;
  return new WriteError('locked', path, message);
}

function parseHolder(path: string, text: string): LockHolder {
  try {
    const holder: Partial<LockHolder> = JSON.parse(text);
    const { pid, host, startedAt, birthMark = null } = holder;
    if (Number.isInteger(pid) && typeof host === 'string' && typeof startedAt === 'string') {
      return { pid: pid!, host, startedAt, birthMark };
    }
  } catch {
    // Not JSON: said below.
  }
  throw new WriteError(
    'locked',
    path,
    'the lock does not say who holds it; if no run is going on, remove it',
  );
}
