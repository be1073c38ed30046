import { fewestForAnOptOut, isSilenceImpossible } from '../../domain/expected-opt-outs.ts';
import { isAnswerTooShort } from '../../domain/national-verdict.ts';
import { refused } from '../../domain/problem.ts';

/** A reply that is a part of its request. */
export interface FittingReply {
  /** as it was typed */
  readonly file: string;
  readonly asked: number;
  readonly allowed: number;
}

/** What is believed of a reply. */
export interface Belief {
  /** share of people who have opted out, at least; null where nothing is expected */
  readonly expectedRate: number | null;
  /** a reply may allow nobody */
  readonly allowEmpty: boolean;
  /** its control file says that the service sent it */
  readonly isFromService: boolean;
}

/**
 * Refuses a reply that fits its request, and that the service is unlikely to have made of it.
 *
 * @param isNamed its control file says which request it answers
 * @throws TallystickError (exit 1)
 */
export function judgeReply(
  { file, asked, allowed }: FittingReply,
  { expectedRate, allowEmpty, isFromService }: Belief,
  isNamed: boolean,
): void {
  const refuse = (message: string, wayOut: string) =>
    refused({ file, message, wayOut: `${wayOut}; nothing was recorded` });
  if (allowed === 0 && !allowEmpty) {
    throw refuse(
      'it is empty: nobody may be released by it',
      'if this is right, say so in the pipeline file: optOuts.national.allowEmpty: true',
    );
  }
  if (allowed === asked && expectedRate !== null && isSilenceImpossible(asked, expectedRate)) {
    throw refuse(
      `it holds all ${asked} NHS numbers of its request, as if nobody had opted out`,
      `of ${fewestForAnOptOut(expectedRate)} people somebody has: see that it is not the request itself, or set optOuts.expectedRate`,
    );
  }
  if (allowed === asked && !isFromService) {
    throw refuse(
      'it holds all NHS numbers of its request, as the request itself does',
      'name its control file with --control, which says that the service sent it',
    );
  }
  if (!isNamed && isAnswerTooShort(asked, allowed)) {
    throw refuse(
      `it leaves out ${asked - allowed} of the ${asked} NHS numbers of its request, as a part of a reply does`,
      'fetch it again; if it is right, name its control file with --control',
    );
  }
}
