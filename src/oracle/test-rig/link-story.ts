import { expect } from 'vitest';
import type { Ladder } from '../../domain/match-rank.ts';
import { type LinkRules, linkSubjects } from '../link.ts';
import type { Subject } from '../subjects.ts';

export const [ANN, BOB] = ['4010232137', '2983396339'];
export const [LEEDS, MANCHESTER] = ['LS14AP', 'M11AE'];

function subjectOf(text: string, name: string): Subject {
  const [source = '', ...said] = text.split(' ').map((part) => (part === '-' ? null : part));
  const [nhsNumber = null, sex = null, birthDate = null, postcode = null, ids = null] = said;
  const localPatientIds = new Set(ids?.split(',').map((id) => (id === '-' ? null : id)));
  return {
    source: source ?? '',
    nhsNumber,
    sex,
    birthDate,
    postcode,
    localPatientIds,
    earlierPostcodes: new Set(),
    own: { kind: 'k', text: name },
  };
}

/**
 * The result for each named subject, for any order: `person rank`, where a separate person has the subject's name.
 *
 * @param story by name, what a subject says: `source number sex birth-date postcode [local ids, by commas]`, a dash for what is missing
 */
export function linkStory(
  story: Readonly<Record<string, string>>,
  ladder: Ladder,
  rules: Partial<LinkRules> = {},
): Record<string, string> {
  const subjects = Object.entries(story).map(([name, text]): [string, Subject] => [
    name,
    subjectOf(text, name),
  ]);
  const link = (order: typeof subjects) => {
    const result = linkSubjects(new Map(order), {
      ladder,
      sources: ['gp', 'hospital', 'clinic'],
      ignoredPostcodes: new Set(),
      ignoreBusiestPostcodes: null,
      minProbability: null,
      witnesses: [],
      ...rules,
    });
    return Object.fromEntries(
      subjects.map(([name]) => {
        const { person, matchRank, isContradicted } = result.get(name)!;
        return [name, `${person.text} ${matchRank}${isContradicted ? ' contradicted' : ''}`];
      }),
    );
  };
  const linked = link(subjects);
  expect(link(subjects.toReversed()), 'the order of subjects').toEqual(linked);
  return linked;
}
