import { fewestForAnOptOut, isSilenceImpossible } from '../../domain/expected-opt-outs.ts';
import { type NhsNumber, standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { type Problem, refused } from '../../domain/problem.ts';
import type { NationalReply, OptOutList } from '../../pipeline/pipeline.ts';
import {
  checkAge,
  checkLines,
  checkNotEmpty,
  type ListState,
  numberFault,
  readListText,
} from './read-list.ts';
import { recogniseMessage } from './recognise-message.ts';

/** The only NHS numbers that may be used. */
export interface AllowedNumbers extends ListState {
  readonly numbers: readonly NhsNumber[];
}

const WHAT = 'national opt-out reply';
const REQUEST = 'national opt-out request';

/**
 * Reads the reply of the national data opt-out service: the only NHS numbers that may be used, one a line, each
 * followed by a comma. A missing or empty reply means that no person may be released, so it stops the run; so does whatever
 * else the service sends, and, with the request at hand, a reply that is not a part of it: the reply to another request
 * looks right in every other way.
 *
 * @param expectedRate share of people who have opted out, at least; null where nothing is expected
 * @throws TallystickError (exit 1) as for the register, and for a line of another shape
 */
export function readNationalReply(
  list: NationalReply,
  runDate: string,
  allowTestRange: boolean,
  expectedRate: number | null,
): AllowedNumbers {
  const listText = readListText(list, WHAT);
  const wayOut = 'a damaged reply may leave people out or let people in: ask for it again';
  const numbers = readNumbers(list, listText.text, WHAT, wayOut, allowTestRange);
  checkNotEmpty(list, numbers.length, WHAT);
  if (list.request !== null) checkAgainstRequest(list, list.request, numbers, allowTestRange, expectedRate);
  return { numbers, ...checkAge(list, listText, [], WHAT, 'optOuts.national', runDate) };
}

/** NHS numbers, one a line, each followed by a comma. */
function readNumbers(
  list: Pick<OptOutList, 'shownAs'>,
  text: string,
  what: string,
  wayOut: string,
  allowTestRange: boolean,
): NhsNumber[] {
  const other = recogniseMessage(text);
  if (other !== null) {
    const message = `the ${what} ${other.what}`;
    throw refused({ file: list.shownAs, message, wayOut: other.wayOut });
  }
  const numbers: NhsNumber[] = [];
  const faults: Problem[] = [];
  for (const [index, line] of text.split(/\r\n|\n/).entries()) {
    if (line.trim() === '') continue;
    const location = { file: list.shownAs, line: index + 1 };
    const cell = /^([^,]*),\s*$/.exec(line)?.[1];
    if (cell === undefined) {
      faults.push({ ...location, message: 'is not an NHS number followed by a comma' });
      continue;
    }
    const { value, outcome } = standardiseNhsNumber(cell, { allowTestRange });
    if (value === null) faults.push({ ...location, message: numberFault(outcome) });
    else numbers.push(value);
  }
  checkLines(list, faults, wayOut);
  return numbers;
}

function checkAgainstRequest(
  reply: NationalReply,
  request: NonNullable<NationalReply['request']>,
  numbers: readonly NhsNumber[],
  allowTestRange: boolean,
  expectedRate: number | null,
): void {
  const { text } = readListText(request, REQUEST);
  const wayOut = 'name the file that was sent: one NHS number a line, each followed by a comma';
  const asked = new Set(readNumbers(request, text, REQUEST, wayOut, allowTestRange));
  const allowed = new Set(numbers);
  const strangers = [...allowed].filter((number) => !asked.has(number)).length;
  if (strangers > 0) {
    throw refused({
      file: reply.shownAs,
      message: `${strangers} of ${allowed.size} NHS numbers of the ${WHAT} are not in the request ${request.shownAs}`,
      wayOut: 'it answers another request: fetch the reply to this one, or name the request that it answers',
    });
  }
  if (expectedRate !== null && allowed.size === asked.size && isSilenceImpossible(asked.size, expectedRate)) {
    throw refused({
      file: reply.shownAs,
      message: `the ${WHAT} holds all ${asked.size} NHS numbers of its request, as if nobody had opted out`,
      wayOut: `of ${fewestForAnOptOut(expectedRate)} people somebody has: see that it is not the request itself, or set optOuts.expectedRate`,
    });
  }
}
