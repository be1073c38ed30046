import { isExempt, type ReasonName } from '../../domain/held-reason.ts';
import {
  appliesAllowList,
  appliesNationalReply,
  isNationalLedger,
  type OptOutSpec,
} from '../../pipeline/pipeline.ts';

/** The kind of a token that is allowed, in the list of a store: the others are the names of reasons. */
export const ALLOWED = 'allowed';

/**
 * Why a person is held who has an NHS number and is not among the allowed of the stores; null where nobody has to be among them. The stores have
 * one list of the allowed: of several lists, it holds those who are on all. Where they answer for different types, it is not known which of
 * them a person is missing on.
 */
export function reasonIfNotAllowed(
  optOuts: Pick<OptOutSpec, 'national' | 'lists' | 'exempt'>,
): ReasonName | null {
  const { lists, exempt } = optOuts;
  // a ledger names those who opted out, and whoever is in neither of its lists has no answer that counts
  const national = isNationalLedger(optOuts.national) ? 'national-unanswered' : 'national';
  const answers = new Set<ReasonName>(appliesNationalReply(optOuts) ? [national] : []);
  for (const list of lists) if (appliesAllowList(list, exempt)) answers.add(list.answersFor ?? 'not-allowed');
  const [first] = answers;
  // nobody is held for a reason that is switched off
  return answers.size > 1 && !isExempt('not-allowed', exempt) ? 'not-allowed' : (first ?? null);
}
