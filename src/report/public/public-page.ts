import { refused } from '../../domain/problem.ts';
import { checkTemplate, fillTemplate } from './check-template.ts';
import { describeChoices, describeExceptions } from './describe-choices.ts';
import { describeReleases, describeSources, longDate } from './describe-releases.ts';
import { escapeHtml } from './escape-html.ts';
import type { PublicFacts } from './public-facts.ts';

/** A template, and how it is named in messages. */
export interface Template {
  readonly shownAs: string;
  readonly text: string;
}

/**
 * The page for patients.
 *
 * @throws TallystickError (exit 1) with every fault of the template
 */
export function publicPage(facts: PublicFacts, { shownAs, text }: Template): string {
  const problems = checkTemplate(shownAs, text);
  if (problems.length > 0) throw refused(...problems);
  return fillTemplate(text, {
    organisation: escapeHtml(facts.organisation),
    contact: escapeHtml(facts.contact),
    date: facts.asOf === null ? 'the day it was made' : longDate(facts.asOf),
    sources: describeSources(facts),
    choices: describeChoices(facts),
    exceptions: describeExceptions(facts),
    releases: describeReleases(facts),
  });
}
