import { existsSync } from 'node:fs';
import { refused } from '../../domain/problem.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { headPath, type LogHead } from '../log/head.ts';
import type { LogChange } from '../log/next-change.ts';
import { type Log, type LogSettings, readLogIfThere } from '../log/read-log.ts';
import { readTokenLines, type TokenList, tokenCount } from './token-list.ts';

/** How a request ended, other than by an answer. */
export const ENDINGS = ['undelivered', 'refused', 'abandoned'] as const;
export type Ending = (typeof ENDINGS)[number];
export type RequestState = 'open' | 'answered' | Ending;

/** A request to the national service, as the ledger records it. */
export interface NationalRequest {
  /** its change in the ledger */
  readonly change: number;
  /** when it was made (YYYY-MM-DDThh:mm:ssZ) */
  readonly at: string;
  readonly localId: string;
  /** NHS numbers in it */
  readonly asked: number;
  readonly state: RequestState;
  /** the change that ended it; null while it is open */
  readonly ended: { readonly change: number; readonly at: string } | null;
  /** numbers that its answer leaves out; null where there is none */
  readonly leftOut: number | null;
  /** the numbers that it asked about; read when they are needed, for most requests of a ledger are too old to count */
  readAsked(): TokenList;
  /** the numbers that its answer leaves out; none where there is no answer */
  readLeftOut(): TokenList;
}

/** Every request of a ledger with what became of it, in the order in which they were made. */
export interface Ledger {
  readonly keyId: string | null;
  readonly head: LogHead | null;
  readonly requests: readonly NationalRequest[];
  readonly warnings: readonly string[];
}

/** The log that a ledger is kept in. */
export function ledgerLog<Key extends KeyRing | null>(
  key: Key,
  shownAs: string,
): LogSettings & { readonly key: Key; readonly shownAs: string } {
  return { kind: 'national-ledger', key, shownAs };
}

/**
 * Reads a ledger and checks that it is whole. A ledger that does not exist yet has no requests.
 *
 * @param key the linkage key; null where the reader has none: seals are not checked then
 * @throws TallystickError (exit 1) for a damaged ledger, (exit 3) for one of another key
 */
export function readLedger(path: string, shownAs: string, key: KeyRing | null): Ledger {
  const log = readLogIfThere(path, ledgerLog(key, shownAs));
  return log === null ? { keyId: null, head: null, requests: [], warnings: [] } : ledgerOf(log, shownAs);
}

/** @throws TallystickError (exit 1) where there is no ledger: a message answers nothing that was asked */
export function assertLedger(path: string, shownAs: string): void {
  if (existsSync(path) || existsSync(headPath(path))) return;
  throw refused({
    file: shownAs,
    message: 'there is no national ledger yet',
    wayOut: '`tallystick opt-out request` makes it; if there was one, correct the path',
  });
}

/** What the changes of a log say. @throws TallystickError (exit 1) for a change that is none of a ledger */
export function ledgerOf({ keyId, head, changes, warnings }: Log, shownAs: string): Ledger {
  const requests = new Map<number, NationalRequest>();
  const localIds = new Set<string>();
  for (const change of changes) {
    const faulty = () =>
      refused({
        file: shownAs,
        message: `change ${change.number} of the national ledger is none that this version of tallystick makes`,
        wayOut: 'use the version that made it, or restore the ledger and its head from one backup',
      });
    const { header, number } = change;
    const made = header['record'] === 'request' ? requestOf(change, faulty) : null;
    if (made !== null) {
      if (localIds.has(made.localId)) throw faulty();
      localIds.add(made.localId);
      requests.set(number, made);
      continue;
    }
    const request = requests.get(Number(header['request']));
    if (request === undefined || request.state !== 'open') throw faulty();
    requests.set(request.change, endedBy(request, change, faulty));
  }
  return { keyId, head, requests: [...requests.values()], warnings };
}

function requestOf({ number, header, lines, count }: LogChange, faulty: () => Error): NationalRequest {
  const { localId } = header;
  if (typeof localId !== 'string' || count === 0) throw faulty();
  return {
    change: number,
    at: header.at,
    localId,
    asked: count,
    state: 'open',
    ended: null,
    leftOut: null,
    readAsked: () => tokensIn(lines, count, faulty),
    readLeftOut: () => new Uint32Array(),
  };
}

function endedBy(
  request: NationalRequest,
  { number, header, lines, count }: LogChange,
  faulty: () => Error,
): NationalRequest {
  const ended = { change: number, at: header.at };
  if (header['record'] === 'answer') {
    // the two counts show that the answer is whole, whatever became of its lines
    if (header['allowed'] !== request.asked - count) throw faulty();
    return {
      ...request,
      state: 'answered',
      ended,
      leftOut: count,
      readLeftOut: () => tokensIn(lines, count, faulty),
    };
  }
  const state = ENDINGS.find((ending) => ending === header['record']);
  if (state === undefined || count > 0) throw faulty();
  return { ...request, state, ended };
}

function tokensIn(lines: Buffer, count: number, faulty: () => Error): TokenList {
  const list = readTokenLines(lines);
  if (list === null || tokenCount(list) !== count) throw faulty();
  return list;
}
