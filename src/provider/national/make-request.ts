import { mkdirSync } from 'node:fs';
import { localIdOf, requestControl, requestText } from '../../domain/national-request.ts';
import { type NhsNumber, standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { bug } from '../../domain/problem.ts';
import { changeLog, type NewChange } from '../../governance/log/append-to-log.ts';
import { judgeAnswers } from '../../governance/national/judge-answers.ts';
import { type Ledger, ledgerLog, ledgerOf, readLedger } from '../../governance/national/ledger.ts';
import { requestChange } from '../../governance/national/ledger-changes.ts';
import { hasToken, tokenList } from '../../governance/national/token-list.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { requestInfo } from '../../keys/recipes.ts';
import { sealText } from '../../keys/seal-text.ts';
import type { NationalLedger } from '../../pipeline/pipeline.ts';
import { RunLock } from '../../write/run-lock.ts';
import { asWriteError } from '../../write/write-error.ts';
import {
  findUnsent,
  handOver,
  type MessageFiles,
  messageFiles,
  removeUnsent,
  writeUnsent,
} from './outbox.ts';
import { TOKEN_BYTES, tokensOfNumbers } from './token-numbers.ts';

/** What a request is made with. */
export interface RequestSettings {
  readonly national: NationalLedger;
  readonly linkageKey: KeyRing;
  /** the folder into which the files of the message are put */
  readonly out: string;
  /** leave out numbers of which an answer counts on this run date (YYYY-MM-DD); null asks about all */
  readonly onlyNewOn: string | null;
  /** numbers of the test range are allowed: they are made-up people's */
  readonly synthetic: boolean;
  readonly now: () => Date;
  readonly notice: (message: string) => void;
}

/** A request that was handed over. */
export interface MadeRequest extends MessageFiles {
  readonly localId: string;
  readonly asked: number;
  /** numbers that were left out, because an answer to them counts */
  readonly answered: number;
}

/**
 * Makes a request: its two files under names that no client looks for, then the change of the ledger, then the names under which
 * they are sent. So whatever is sent is in the ledger. What an interrupted command left is finished or removed by the next one.
 *
 * @param numbers each once
 * @returns null where an answer counts for every number, so that there is nothing to ask
 */
export async function makeRequest(
  numbers: readonly NhsNumber[],
  settings: RequestSettings,
): Promise<MadeRequest | null> {
  const { national, linkageKey, out, now, notice } = settings;
  for (const number of numbers) assertValid(number, settings.synthetic);
  const tokens = tokensOfNumbers(numbers, linkageKey);
  const lock = await RunLock.take(`${national.ledger}.request.lock`, { notice });
  let made = null as (MadeRequest & { readonly change: NewChange }) | null;
  try {
    makeFolder(out);
    finishInterrupted(settings);
    const log = { ...ledgerLog(linkageKey, national.shownAs), now, notice };
    await changeLog(national.ledger, log, (read) => {
      const chosen = chooseNumbers(ledgerOf(read, national.shownAs), tokens, settings);
      made = chosen.length === 0 ? null : write(numbers, tokens, chosen, read.head.changes + 1, settings);
      return made?.change ?? null;
    });
    if (made === null) return null;
    const { change: _, ...request } = made;
    handOver(out, request.localId);
    return request;
  } catch (fault) {
    if (made !== null) removeUnsent(out, made.localId);
    throw fault;
  } finally {
    await lock.release();
  }
}

/** Writes the files of a request for the chosen numbers, and makes its change of the ledger. */
function write(
  numbers: readonly NhsNumber[],
  tokens: Uint8Array,
  chosen: readonly number[],
  change: number,
  { national, linkageKey, out, now }: RequestSettings,
): MadeRequest & { readonly change: NewChange } {
  const localId = localIdOf(national.sending.mailbox, now().toISOString(), change);
  const text = requestText(chosen.map((index) => numbers[index]!));
  writeUnsent(out, localId, text, requestControl(localId, national.sending));
  const asked = new Uint8Array(chosen.length * TOKEN_BYTES);
  for (const [position, index] of chosen.entries()) asked.set(tokenAt(tokens, index), position * TOKEN_BYTES);
  return {
    localId,
    asked: chosen.length,
    answered: numbers.length - chosen.length,
    ...messageFiles(out, localId),
    change: requestChange(localId, sealText(linkageKey, requestInfo(), text), tokenList(asked)),
  };
}

/** Positions of the numbers that are asked about. */
function chooseNumbers(
  ledger: Ledger,
  tokens: Uint8Array,
  { onlyNewOn, national }: RequestSettings,
): readonly number[] {
  const all = Array.from({ length: tokens.length / TOKEN_BYTES }, (_, index) => index);
  if (onlyNewOn === null) return all;
  const { allowed, optedOut } = judgeAnswers(ledger, onlyNewOn, national.maxAgeDays);
  return all.filter((index) => {
    const token = tokenAt(tokens, index);
    return !hasToken(allowed, token) && !hasToken(optedOut, token);
  });
}

/** What an interrupted command left: it is sent where the ledger has the request, and removed where it has not. */
function finishInterrupted({ national, linkageKey, out, notice }: RequestSettings): void {
  const left = findUnsent(out);
  if (left.length === 0) return;
  const { requests } = readLedger(national.ledger, national.shownAs, linkageKey);
  for (const localId of left) {
    if (requests.some((one) => one.localId === localId && one.state === 'open')) {
      handOver(out, localId);
      notice(`handed over the request ${localId}, which an interrupted command had recorded`);
    } else {
      removeUnsent(out, localId);
      notice(`removed the files of the request ${localId}, which an interrupted command had not recorded`);
    }
  }
}

/** One invalid number makes the service refuse the whole request, so that each is checked once more. */
function assertValid(number: NhsNumber, allowTestRange: boolean): void {
  if (standardiseNhsNumber(number, { allowTestRange }).value === number) return;
  throw bug('an NHS number of a request is not valid');
}

function tokenAt(tokens: Uint8Array, index: number): Uint8Array {
  return tokens.subarray(index * TOKEN_BYTES, (index + 1) * TOKEN_BYTES);
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (fault) {
    throw asWriteError(path, fault);
  }
}
