/*
 * What the answers of the national data opt-out service say about one NHS number on a run date.
 *
 * An answer is as old as its request: it shows who had opted out at some moment after the request was made, and nobody knows
 * at which. So it counts for a number of days from the day of the request, and it contradicts an answer to a later request
 * where it arrived after that request was made: then it may be the newer of the two. Of two that contradict each other, the
 * one counts that lets nobody through.
 */

/** A request that named the number, and the answer to it. */
export interface NationalAnswer {
  /** position of the request among all requests and answers, in the order in which they were recorded */
  readonly asked: number;
  /** day on which the request was made (YYYY-MM-DD) */
  readonly askedOn: string;
  /** position of the answer in the same order */
  readonly answered: number;
  /** the answer allows the number to be used */
  readonly allows: boolean;
}

/** `unanswered`: no answer counts; the number was never asked about, or too long ago. */
export type NationalVerdict = 'allowed' | 'opted-out' | 'unanswered';

const DAY_MS = 86_400_000;

/**
 * The plain rule: an answer counts from the day of its request for so many days. Of the answers that count, that to the latest
 * request decides, and so does each answer that arrived since that request was made: a number is allowed where all of them
 * allow it.
 */
export function nationalVerdict(
  answers: readonly NationalAnswer[],
  runDate: string,
  maxAgeDays: number,
): NationalVerdict {
  const counting = answers.filter(({ askedOn }) => isAnswerFresh(askedOn, runDate, maxAgeDays));
  if (counting.length === 0) return 'unanswered';
  const latest = Math.max(...counting.map(({ asked }) => asked));
  return answers.every(({ answered, allows }) => allows || answered < latest) ? 'allowed' : 'opted-out';
}

/** Whether an answer counts on the run date. A request of a later day never does: its answer would never be too old. */
export function isAnswerFresh(askedOn: string, runDate: string, maxAgeDays: number): boolean {
  const days = (Date.parse(`${runDate}T00:00:00Z`) - Date.parse(`${askedOn}T00:00:00Z`)) / DAY_MS;
  return days >= 0 && days <= maxAgeDays;
}

/**
 * Whether an answer leaves out more people than is plausible: more than half of its request, and more than so few that chance
 * explains it. About one person in twenty has opted out, so such an answer is rather a part of one, or the answer to another
 * request.
 */
export function isAnswerTooShort(asked: number, allowed: number): boolean {
  const leftOut = asked - allowed;
  return leftOut > FEW_LEFT_OUT && leftOut * 2 > asked;
}

const FEW_LEFT_OUT = 10;
