import { isAscii } from 'node:buffer';
import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { bug, environment } from '../../domain/problem.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { logInfo } from '../../keys/recipes.ts';
import { Sealer } from '../../keys/seal-text.ts';
import { RunLock } from '../../write/run-lock.ts';
import { replaceWhole, writeAll } from '../../write/whole-file.ts';
import { asWriteError, WriteError } from '../../write/write-error.ts';
import { nextDigest } from './chain.ts';
import { fileMark, type LogHead, writeHead } from './head.ts';
import {
  endLineOf,
  firstLineOf,
  headerLineOf,
  LOG_KINDS,
  MOST_HEADER_BYTES,
  momentOf,
  OWN_MEMBERS,
} from './log-form.ts';
import { type Log, type LogSettings, readLog, readLogIfThere } from './read-log.ts';

/** What a writer needs. */
export interface WriterSettings extends LogSettings {
  /** changes are sealed, so that a writer needs the key */
  readonly key: KeyRing;
  readonly now?: () => Date;
  /** called with what happened that nobody asked for, such as a change of an interrupted command that is dropped */
  readonly notice?: (message: string) => void;
  readonly signal?: AbortSignal;
  /** how long to wait for another command that is writing */
  readonly patienceMs?: number;
}

/** A change that is to be appended. */
export interface NewChange {
  /** what its kind records beside `change`, `at`, `lines` and `bytes`, which the log writes itself */
  readonly header: Readonly<Record<string, unknown>>;
  /** whole lines in ASCII, each with its line end, in any number of pieces */
  readonly lines: Buffer | readonly Buffer[];
}

const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** Appends a change to a log, which is made where there is none. @returns the head after it */
export async function appendToLog(
  path: string,
  settings: WriterSettings,
  header: NewChange['header'],
  lines: NewChange['lines'],
): Promise<LogHead> {
  const { head } = await changeLog(path, settings, () => ({ header, lines }));
  return head;
}

/**
 * Reads a log, and appends what `decide` makes of it, all under the log's lock: nobody else writes in between. It has been
 * synced to the disk before this returns. A log that does not exist yet is empty.
 *
 * @param decide the change to append; null for none
 * @param finish called once the change is safe, with what `decide` had read and the head after it; still under the lock
 * @returns the head afterwards, and what `decide` had read
 * @throws TallystickError (exit 1, 3) as `readLog` does, and where another command goes on writing
 * @throws WriteError where nothing can be written: the log is as it was before
 */
export async function changeLog(
  path: string,
  settings: WriterSettings,
  decide: (log: Log) => NewChange | null,
  finish: (log: Log, head: LogHead) => void = () => {},
): Promise<{ readonly head: LogHead; readonly log: Log }> {
  const lock = await takeLock(path, settings);
  const sealer = new Sealer(settings.key, logInfo(settings.kind));
  try {
    const log = readLogIfThere(path, settings) ?? makeLog(path, settings);
    const change = decide(log);
    await lock.assertHeld();
    const descriptor = openSync(path, constants.O_RDWR);
    try {
      dropUnfinished(descriptor, log, settings);
      const head = change === null ? log.head : append(descriptor, path, log.head, change, settings, sealer);
      const mark = fileMark(fstatSync(descriptor, { bigint: true }));
      if (head.changes !== log.kept?.changes || mark !== log.kept.mark)
        writeHead(path, settings, { ...head, mark }, sealer);
      finish(log, head);
      return { head, log };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? asWriteError(path, error) : error;
  } finally {
    sealer.close();
    await lock.release();
  }
}

/** Takes the lock of a log; waits a little for another command, which is normally done within a second. */
async function takeLock(path: string, settings: WriterSettings): Promise<RunLock> {
  const { notice, signal, patienceMs = PATIENCE_MS, kind, shownAs = path } = settings;
  const options = {
    ...(notice === undefined ? {} : { notice }),
    ...(signal === undefined ? {} : { signal }),
  };
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    try {
      return await RunLock.take(`${path}.lock`, options);
    } catch (error) {
      if (!(error instanceof WriteError) || error.reason !== 'locked') throw error;
      if (waited >= patienceMs) {
        throw environment({
          file: `${shownAs}.lock`,
          message: `another command is writing to the ${LOG_KINDS[kind]}`,
          wayOut: 'try again when it is done: nothing was recorded',
        });
      }
    }
    signal?.throwIfAborted();
    await wait(LOOK_EVERY_MS);
  }
}

/** Makes an empty log: whole or not at all. Its head follows; until then it has its first line only. */
function makeLog(path: string, settings: WriterSettings): Log {
  replaceWhole(path, Buffer.from(firstLineOf(settings.kind, settings.key.keyId)));
  settings.notice?.(`made a new ${LOG_KINDS[settings.kind]}: ${settings.shownAs ?? path}`);
  const { head, mark } = readLog(path, settings);
  const sealer = new Sealer(settings.key, logInfo(settings.kind));
  try {
    writeHead(path, settings, { ...head, mark }, sealer);
  } finally {
    sealer.close();
  }
  return readLog(path, settings);
}

function dropUnfinished(descriptor: number, log: Log, settings: WriterSettings): void {
  if (log.warnings.length === 0) return;
  ftruncateSync(descriptor, log.head.bytes);
  fsyncSync(descriptor);
  settings.notice?.(
    `dropped a change of the ${LOG_KINDS[settings.kind]} that an interrupted command had not finished`,
  );
}

function append(
  descriptor: number,
  path: string,
  before: LogHead,
  { header, lines }: NewChange,
  { now = () => new Date() }: WriterSettings,
  sealer: Sealer,
): LogHead {
  if (OWN_MEMBERS.some((name) => name in header))
    throw bug('a change has a member that the log writes itself');
  const parts = Buffer.isBuffer(lines) ? [lines] : lines;
  if (parts.some((part) => !isAscii(part)) || (parts.at(-1)?.at(-1) ?? 10) !== 10)
    throw bug('a change of a log is not made of whole lines in ASCII');
  const headerLine = Buffer.from(
    headerLineOf({
      change: before.changes + 1,
      at: momentOf(now()),
      ...header,
      lines: parts.reduce((sum, part) => sum + countLines(part), 0),
      bytes: parts.reduce((sum, part) => sum + part.length, 0),
    }),
  );
  if (headerLine.length > MOST_HEADER_BYTES)
    throw bug('the header of a change is longer than a reader takes');
  const digest = nextDigest(before.digest, [headerLine, ...parts]);
  let position = before.bytes;
  try {
    for (const part of [headerLine, ...parts, Buffer.from(endLineOf(digest, sealer.seal(digest)))]) {
      writeAll(descriptor, part, position);
      position += part.length;
    }
    fsyncSync(descriptor);
  } catch (error) {
    ftruncateSync(descriptor, before.bytes);
    throw asWriteError(path, error);
  }
  return { changes: before.changes + 1, bytes: position, digest };
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}
