import { escapeMarkdown, markdownTable } from '../../domain/markdown.ts';
import type { StatementFigures } from './figures.ts';
import { list } from './words.ts';

const BASES: Readonly<Record<string, string>> = {
  consent: 'consent of the people',
  'legal-duty': 'legal duty',
  'public-interest': 'overriding public interest',
  anonymised: 'anonymised data',
};

const LISTS: Readonly<Record<string, string>> = {
  'optOuts.register': 'opt-out register',
  'optOuts.national': 'reply of the national service',
};

/** Which opt-outs were applied, which were not and why, and the proof that nobody who is held is in the files. */
export function appliedOptOuts({ pipeline, optOuts }: StatementFigures): string[] {
  const { types, exempt, waived, asOf, state, proof } = optOuts;
  const words = new Map<string, string>(pipeline.optOuts.reasons.map(({ name, words: of }) => [name, of]));
  const wordsOf = (type: string) => words.get(type) ?? type;
  const dates = Object.entries(asOf)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, date]) => `${LISTS[name] ?? escapeMarkdown(name.replace('optOuts.lists.', 'list '))}: ${date}`,
    );
  return [
    types.length === 0
      ? 'No opt-outs were applied.'
      : `Opt-outs of these types were applied: ${list(types.map((type) => escapeMarkdown(wordsOf(type))))}. A row or a person is counted once, under the first reason that holds, and the numbers are in the flow of numbers.`,
    ...(exempt.length === 0
      ? ['No type of opt-out is switched off for this agreement.']
      : [
          'These types of opt-outs do not apply to this agreement:',
          markdownTable(
            ['Type', 'Legal basis', 'Reason'],
            exempt.map(({ type, basis, because }) => [wordsOf(type), BASES[basis] ?? basis, because]),
            [],
          ),
        ]),
    ...(waived.length === 0
      ? []
      : [
          'Sources of opt-outs that were left out:',
          markdownTable(
            ['Left out', 'Reason'],
            waived.map(({ what, reason }) => [what, reason]),
            [],
          ),
        ]),
    ...(dates.length === 0 ? [] : [`Dates of the lists: ${dates.join('; ')}.`]),
    `After writing, each of the ${proof.files} tables was read back, and every person in it was compared with the people who opted out: nobody who must not be is in them. The state of the opt-outs that was used has the digest ${state}, ` +
      'which is of this run only; the operator can show what it is made of.',
  ];
}
