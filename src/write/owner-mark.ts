import { open } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { BEAT_MS } from './heartbeat.ts';
import type { ProcessProbe } from './process-probe.ts';
import { asWriteError, systemErrorCode } from './write-error.ts';

/*
 * A lock, and every folder that a run writes in, has a mark: a small file that identifies its owner, and whose modification time the
 * owner updates as long as it lives (heartbeat.ts). From it another process determines, without a person,
 *   - that the owner is alive or dead, at once, if both are in one scope of one host;
 *   - else that it is alive, as soon as a beat is seen; or dead, when none is seen for the whole of SILENCE_MS.
 * Beats are observed and never compared with a clock: clocks of hosts differ, and a machine that was asleep has old marks.
 */

/** An owner in another container, or on another host, without a beat for this long is considered dead: 12 beats. */
export const SILENCE_MS = 12 * BEAT_MS;
/**
 * A lock without an owner's name, such as one that a full disk or a power cut left empty, is considered dead after this long: 2
 * beats. A lock is complete from its first moment (create-whole.ts), so no process is about to write its name into it.
 */
export const NAMELESS_MS = 2 * BEAT_MS;
const LOOK_EVERY_MS = 1000;

/** The owner of a lock or a folder, as in the JSON of its mark. */
export interface Owner {
  readonly owner: string;
  readonly pid: number;
  readonly host: string;
  /** ISO 8601, for the reader of the message */
  readonly startedAt: string;
  readonly scope: string | null;
  readonly birthMark: string | null;
}

/** The text of a mark of this process. */
export function ownerText(processes: ProcessProbe, now: () => Date = () => new Date()): string {
  const { owner, pid, host, scope } = processes;
  const mark: Owner = {
    owner,
    pid,
    host,
    startedAt: now().toISOString(),
    scope,
    birthMark: processes.birthMark(pid),
  };
  return `${JSON.stringify(mark)}\n`;
}

/** The owner that a mark names; null for a mark without one, such as one that a power cut left empty. */
export function parseOwner(text: string): Owner | null {
  let value: Partial<Owner> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { owner, pid, host, startedAt, scope = null, birthMark = null } = value ?? {};
  return typeof owner === 'string' &&
    Number.isInteger(pid) &&
    typeof host === 'string' &&
    typeof startedAt === 'string'
    ? { owner, pid: pid!, host, startedAt, scope, birthMark }
    : null;
}

/** The state of an owner as far as it is known at once. `watchForBeat` resolves `unknown`. */
export function judgeOwner(owner: Owner | null, processes: ProcessProbe): 'alive' | 'dead' | 'unknown' {
  if (owner === null) return 'unknown';
  if (owner.owner === processes.owner) return 'alive';
  if (owner.scope === null || owner.scope !== processes.scope) return 'unknown';
  if (!processes.isAlive(owner.pid)) return 'dead';
  const birthMark = processes.birthMark(owner.pid);
  if (owner.birthMark === null || birthMark === null) return 'unknown';
  return owner.birthMark === birthMark ? 'alive' : 'dead';
}

/** How long to wait for a beat. */
export interface WatchOptions {
  readonly silenceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** allows the process to end while it watches */
  readonly inBackground?: boolean;
}

/**
 * Watches a mark until it changes, disappears, or `silenceMs` has passed. Looks are counted, so that the
 * time in which this process itself was stopped does not count as silence.
 *
 * @throws the reason of the aborted signal
 */
export async function watchForBeat(
  path: string,
  { silenceMs = SILENCE_MS, signal, inBackground = false }: WatchOptions = {},
): Promise<'beat' | 'silent' | 'gone'> {
  const first = await readMark(path);
  if (first === null) return 'gone';
  const every = Math.min(LOOK_EVERY_MS, silenceMs / 12);
  for (let looks = 0; looks * every < silenceMs; looks += 1) {
    signal?.throwIfAborted();
    await wait(every, undefined, { ref: !inBackground, ...(signal === undefined ? {} : { signal }) }).catch(
      (fault: unknown) => {
        throw signal?.aborted === true ? signal.reason : fault;
      },
    );
    const mark = await readMark(path);
    if (mark === null) return 'gone';
    if (mark.beat !== first.beat || mark.text !== first.text) return 'beat';
  }
  return 'silent';
}

/** A mark at one moment. */
export interface Mark {
  readonly text: string;
  /** its modification time */
  readonly beat: bigint;
}

/** The current mark; null where there is none. The file is opened, not only stat-ed, because network file systems cache attributes. */
export async function readMark(path: string): Promise<Mark | null> {
  try {
    const handle = await open(path, 'r');
    try {
      const { mtimeNs } = await handle.stat({ bigint: true });
      return { text: await handle.readFile('utf8'), beat: mtimeNs };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw asWriteError(path, error);
  }
}
