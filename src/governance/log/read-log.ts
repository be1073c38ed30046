import { closeSync, fstatSync, readFileSync, readSync } from 'node:fs';
import { refused, type TallystickError } from '../../domain/problem.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { logInfo } from '../../keys/recipes.ts';
import { Sealer } from '../../keys/seal-text.ts';
import { openPlainFile } from '../../read-plain-file.ts';
import { asWriteError, systemErrorCode } from '../../write/write-error.ts';
import { firstDigest } from './chain.ts';
import { fileMark, headPath, type KeptHead, type LogHead, otherKey, readHead } from './head.ts';
import {
  type ChangeHeader,
  keyIdOf,
  LOG_KINDS,
  type LogKind,
  MOST_HEADER_BYTES,
  parseHeader,
} from './log-form.ts';
import { type LogChange, nextChange } from './next-change.ts';

/** Which log is read or written. */
export interface LogSettings {
  readonly kind: LogKind;
  /** the linkage key; null where the reader has none: digests are checked then, and seals are not */
  readonly key: KeyRing | null;
  /** what the file is called in messages; its path by default */
  readonly shownAs?: string;
}

/** A log, read whole and found to be undamaged. */
export interface Log {
  /** id of the linkage key whose tokens are in it */
  readonly keyId: string;
  readonly head: LogHead;
  readonly changes: readonly LogChange[];
  /** what a reader has to pass on: a change that was not finished, and is ignored */
  readonly warnings: readonly string[];
  /** the head that was beside it; null for a log that was just made */
  readonly kept: KeptHead | null;
  /** the state of its file when it was read (`fileMark`) */
  readonly mark: string;
}

/**
 * Reads a log whole, and checks each digest, with the key each seal, and that it goes as far as its head says. The last change
 * is left out where it is not finished.
 *
 * @throws TallystickError (exit 1) for a log that is missing, damaged or shorter than its head says; (exit 3) for another key
 */
export function readLog(path: string, settings: LogSettings): Log {
  const log = readLogIfThere(path, settings);
  if (log !== null) return log;
  const { kind, shownAs = path } = settings;
  throw refused({
    file: shownAs,
    message: `the ${LOG_KINDS[kind]} is missing`,
    wayOut: 'correct the path, or restore it from its backup',
  });
}

/** The same; null where there is neither a log nor a head. */
export function readLogIfThere(path: string, settings: LogSettings): Log | null {
  const { kind, key, shownAs = path } = settings;
  const sealer = key === null ? null : new Sealer(key, logInfo(kind));
  try {
    // the head first: a log only grows, so that it is at least as long as a head that was read before it
    const kept = readHead(path, shownAs, kind, sealer, key?.keyId ?? null);
    const file = readFile(path, shownAs);
    if (file !== null) return new LogReader(file, shownAs, kind, sealer).read(kept, key);
    if (kept === null) return null;
    throw refused({
      file: shownAs,
      message: `the ${LOG_KINDS[kind]} is missing, and its head beside it says that it had ${kept.changes} changes`,
      wayOut: restore(shownAs),
    });
  } finally {
    sealer?.close();
  }
}

/**
 * Reads the changes after a point of a log, and not those before it: only where nobody has written to the file since this program
 * did, or read it whole (its mark is that of its head), and where the chain leads from that point to the head.
 *
 * @param from where a change ended, as somebody who has the key has sealed it
 * @returns null where this cannot be known: the caller then reads the log whole, which says what is wrong if anything is
 */
export function readLogAfter(
  path: string,
  { kind, key, shownAs = path }: LogSettings & { readonly key: KeyRing },
  from: LogHead,
): Pick<Log, 'head' | 'changes'> | null {
  const sealer = new Sealer(key, logInfo(kind));
  try {
    const kept = readHead(path, shownAs, kind, sealer, key.keyId);
    if (kept === null || kept.changes < from.changes || kept.bytes < from.bytes) return null;
    const file = readFile(path, shownAs, from.bytes);
    if (file === null || file.mark !== kept.mark) return null;
    const changes: LogChange[] = [];
    let head = from;
    while (head.changes < kept.changes) {
      const next = nextChange(file.bytes, from.bytes, head, sealer);
      if (next === null || 'fault' in next) return null;
      changes.push(next.change);
      head = next.head;
    }
    return head.bytes === kept.bytes && head.digest === kept.digest ? { head, changes } : null;
  } finally {
    sealer.close();
  }
}

/**
 * Reads the headers of changes by where they begin (`LogChange.offset`), from a log that was found to be undamaged.
 *
 * @throws TallystickError (exit 1) where there is none
 */
export function readHeadersAt(
  path: string,
  { kind, shownAs = path }: Pick<LogSettings, 'kind' | 'shownAs'>,
  offsets: readonly number[],
): ChangeHeader[] {
  const descriptor = openPlainFile(path, shownAs, refused);
  try {
    return offsets.map((offset) => {
      const bytes = readRest(descriptor, offset, offset + MOST_HEADER_BYTES);
      const header = parseHeader(bytes.toString('utf8', 0, bytes.indexOf(10) + 1));
      if (header !== null) return header;
      throw refused({
        file: shownAs,
        message: `the ${LOG_KINDS[kind]} has no header of a change where its index says that there is one`,
        wayOut: restore(shownAs),
      });
    });
  } finally {
    closeSync(descriptor);
  }
}

interface ReadFile {
  readonly bytes: Buffer;
  readonly mark: string;
}

/** @param from where to begin */
function readFile(path: string, shownAs: string, from = 0): ReadFile | null {
  let descriptor: number;
  try {
    descriptor = openPlainFile(path, shownAs, refused);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    if (systemErrorCode(error) !== undefined) throw asWriteError(path, error);
    throw error;
  }
  try {
    // the state before the bytes: whoever writes meanwhile changes it
    const state = fstatSync(descriptor, { bigint: true });
    const mark = fileMark(state);
    if (from === 0) return { bytes: readFileSync(descriptor), mark };
    return { bytes: readRest(descriptor, from, Number(state.size)), mark };
  } catch (error) {
    throw asWriteError(path, error);
  } finally {
    closeSync(descriptor);
  }
}

function readRest(descriptor: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, to - from));
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(descriptor, bytes, length, bytes.length - length, from + length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

/** Reads the changes of one file, from the first to the last. */
class LogReader {
  readonly #bytes: Buffer;
  readonly #mark: string;
  readonly #shownAs: string;
  readonly #kind: LogKind;
  readonly #sealer: Sealer | null;
  readonly #changes: LogChange[] = [];

  constructor({ bytes, mark }: ReadFile, shownAs: string, kind: LogKind, sealer: Sealer | null) {
    this.#bytes = bytes;
    this.#mark = mark;
    this.#shownAs = shownAs;
    this.#kind = kind;
    this.#sealer = sealer;
  }

  read(kept: KeptHead | null, key: KeyRing | null): Log {
    const start = this.#bytes.indexOf(10) + 1;
    const firstLine = this.#bytes.toString('latin1', 0, start);
    const keyId = keyIdOf(this.#kind, firstLine);
    if (keyId === null) throw this.#damaged(0, `is not the first line of a log of kind ${this.#kind}`);
    if (key !== null && key.keyId !== keyId) throw otherKey(this.#kind, this.#shownAs);
    let head: LogHead = { changes: 0, bytes: start, digest: firstDigest(firstLine) };
    if (kept === null && this.#bytes.length > start) throw this.#withoutHead();
    this.#compare(kept, head);
    for (let next = this.#next(head); next !== null; next = this.#next(head)) {
      head = next;
      this.#compare(kept, head);
    }
    if (kept !== null && head.changes < kept.changes) throw this.#tooShort(kept, head);
    const rest = this.#bytes.length - head.bytes;
    const warnings =
      rest === 0
        ? []
        : [
            `${this.#shownAs}: the ${LOG_KINDS[this.#kind]} ends with a change that was not finished, by a command that was interrupted or is at work: it is ignored`,
          ];
    return { keyId, head, changes: this.#changes, warnings, kept, mark: this.#mark };
  }

  /** Takes in the change after a head. @returns the head after it; null where there is none that was finished */
  #next(before: LogHead): LogHead | null {
    const next = nextChange(this.#bytes, 0, before, this.#sealer);
    if (next === null) return null;
    if ('fault' in next) throw this.#damaged(before.bytes, next.fault);
    this.#changes.push(next.change);
    return next.head;
  }

  /** Compares what was read with the head that was kept, where it has as many changes. */
  #compare(kept: KeptHead | null, read: LogHead): void {
    if (kept === null || kept.changes !== read.changes) return;
    if (kept.bytes === read.bytes && kept.digest === read.digest) return;
    throw this.#refused({
      message: `the ${LOG_KINDS[this.#kind]} is not the one that its head was made of, from change ${read.changes} or before`,
    });
  }

  #tooShort(kept: KeptHead, read: LogHead): TallystickError {
    return this.#refused({
      message: `the ${LOG_KINDS[this.#kind]} ends after change ${read.changes}, and its head beside it says that it had ${kept.changes}`,
    });
  }

  #withoutHead(): TallystickError {
    return this.#refused({
      message: `the ${LOG_KINDS[this.#kind]} has no head beside it (${headPath(this.#shownAs)}), so that nothing shows that it is whole`,
    });
  }

  #damaged(offset: number, message: string): TallystickError {
    let line = 1;
    for (let at = this.#bytes.indexOf(10); at !== -1 && at < offset; at = this.#bytes.indexOf(10, at + 1))
      line += 1;
    return this.#refused({ line, message: `the ${LOG_KINDS[this.#kind]} is damaged: ${message}` });
  }

  #refused(problem: { readonly line?: number; readonly message: string }): TallystickError {
    return refused({ file: this.#shownAs, ...problem, wayOut: restore(this.#shownAs) });
  }
}

function restore(shownAs: string): string {
  return `restore ${shownAs} and ${headPath(shownAs)} from one backup; nothing that it may have lost is passed over`;
}
