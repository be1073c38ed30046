import { readFileSync } from 'node:fs';
import { environment, refused, type TallystickError } from '../../domain/problem.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import type { Sealer } from '../../keys/seal-text.ts';
import { replaceWhole } from '../../write/whole-file.ts';
import { asWriteError, systemErrorCode } from '../../write/write-error.ts';
import { LOG_KINDS, type LogKind } from './log-form.ts';

/** How far a log goes: its changes, their bytes, and the digest of the last one. */
export interface LogHead {
  readonly changes: number;
  readonly bytes: number;
  readonly digest: string;
}

/** The head that is kept beside a log. */
export interface KeptHead extends LogHead {
  /** {@link fileMark} of the log when it was last read whole or written: while it is the same, nobody has written to the file */
  readonly mark: string;
}

/** What tells one state of a file from another without reading it, as in `fs.BigIntStats`. */
export interface FileState {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** The head's file of a log. */
export function headPath(log: string): string {
  return `${log}.head`;
}

/** The state of a file, as text. The system sets the time of the last change, and no program can set it back. */
export function fileMark({ ino, size, mtimeNs, ctimeNs }: FileState): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

/**
 * Reads the head of a log; null where there is none.
 *
 * @param sealer null where the reader has no linkage key: the seal is not checked then
 * @param keyId id of that key
 * @throws TallystickError (exit 1) for a head that is damaged, (exit 3) for one of another key
 */
export function readHead(
  log: string,
  shownAs: string,
  kind: LogKind,
  sealer: Sealer | null,
  keyId: string | null,
): KeptHead | null {
  let text: string;
  try {
    text = readFileSync(headPath(log), 'latin1');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw asWriteError(headPath(log), error);
  }
  const [, line, seal] = /^([^\n]+\n[^\n]+\n)= ([0-9a-f]{64})\n$/.exec(text) ?? [];
  const [, madeBy] = line === undefined ? [] : (/^tallystick \S+ head ([0-9a-f]{32})\n/.exec(line) ?? []);
  if (keyId !== null && madeBy !== undefined && madeBy !== keyId) throw otherKey(kind, headPath(shownAs));
  const head = line === undefined ? null : parseHead(line, kind);
  if (head === null || seal === undefined || (sealer !== null && !sealer.isSealed(`head\n${line}`, seal))) {
    throw refused({
      file: headPath(shownAs),
      message: `the head of the ${LOG_KINDS[kind]} is damaged`,
      wayOut: `restore it and ${shownAs} from one backup: without it nothing shows that the ${LOG_KINDS[kind]} is whole`,
    });
  }
  return head;
}

/** Replaces the head of a log in one rename, and syncs it to the disk. The caller has the log's lock. */
export function writeHead(
  log: string,
  { kind, key }: { readonly kind: LogKind; readonly key: KeyRing },
  head: KeptHead,
  sealer: Sealer,
): void {
  const line = `tallystick ${kind} head ${key.keyId}\n${JSON.stringify(head)}\n`;
  const path = headPath(log);
  replaceWhole(path, Buffer.from(`${line}= ${sealer.seal(`head\n${line}`)}\n`));
}

function parseHead(text: string, kind: LogKind): KeptHead | null {
  const [first, line] = text.split('\n');
  if (!new RegExp(`^tallystick ${kind} head [0-9a-f]{32}$`).test(first!)) return null;
  let value: Partial<KeptHead> | null;
  try {
    value = JSON.parse(line!);
  } catch {
    return null;
  }
  const { changes, bytes, digest, mark } = value ?? {};
  return Number.isSafeInteger(changes) &&
    Number.isSafeInteger(bytes) &&
    typeof digest === 'string' &&
    /^[0-9a-f]{64}$/.test(digest) &&
    typeof mark === 'string'
    ? { changes: changes!, bytes: bytes!, digest, mark }
    : null;
}

/** The refusal of a log, or of a head, that belongs to another key. */
export function otherKey(kind: LogKind, shownAs: string): TallystickError {
  return environment({
    file: shownAs,
    message: `the ${LOG_KINDS[kind]} was made with another linkage key`,
    wayOut: 'its tokens join nothing that is made with this key: correct the path of the key or of the file',
  });
}
