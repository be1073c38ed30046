import { escapeMarkdown } from '../../domain/markdown.ts';
import { cleaning, dataSets, flow } from './data.ts';
import type { StatementFigures } from './figures.ts';
import { method, quality } from './linkage.ts';
import { linkedAgainstUnlinked } from './missed.ts';

/**
 * What a paper must say of the linkage behind its data, in Markdown, from a run's own figures: by the steps of GUILD (Gilbert and
 * others, Journal of Public Health 2018) and the items of RECORD that ask for linkage (Benchimol and others, PLOS Medicine 2015).
 * Small numbers are suppressed and all others rounded (domain/small-number.ts).
 */
export function linkageStatement(figures: StatementFigures): string {
  const { pipeline, tool, runId, runDate, rulesVersion } = figures;
  const sections: readonly (readonly [heading: string, texts: readonly string[]])[] = [
    ['Data sets (GUILD: data provision; RECORD 1.3, 6.1, 12.1)', dataSets(figures)],
    ['Cleaning (GUILD: data provision; RECORD 12.2)', cleaning(figures)],
    ['How records were linked (GUILD: data linkage; RECORD 12.3)', method(figures)],
    ['How well (GUILD: data linkage; RECORD 12.3)', quality(figures)],
    ['Flow of numbers (RECORD 6.3, 13.1)', flow(figures)],
    [
      'Linked against unlinked records (GUILD: data linkage and analysis; RECORD 13.1, 19.1)',
      linkedAgainstUnlinked(figures),
    ],
    ['What this cannot say (RECORD 19.1)', [limits(figures)]],
    [
      'Access (RECORD 22.1)',
      [
        `The pipeline file says everything that decided this run but the keys. The same extracts, pipeline file, keys and date give run ${runId} again, byte for byte, by ${tool}.`,
      ],
    ],
  ];
  return `${[
    `# Linkage statement: ${escapeMarkdown(pipeline.name)}`,
    `Run ${runId} of ${runDate}, for the agreement ${escapeMarkdown(pipeline.release.agreement)}, by ${tool}, version ${rulesVersion} of its rules for tokens. Counts of 0 to 7 are not shown (\\*), or their line is left out; ` +
      'all others are rounded to the nearest 5: they need not add up.',
    ...sections.flatMap(([heading, texts]) => [`## ${heading}`, ...texts]),
  ].join('\n\n')}\n`;
}

function limits({ pipeline }: StatementFigures): string {
  const opposed =
    pipeline.optOuts.untied === 'hold-back'
      ? 'Records behind which no valid NHS number stands are not in the release, because nobody could check their opt-outs: they are the unlinked ones above.'
      : 'Records behind which no valid NHS number stands are in the release as persons of their own (match rank 0).';
  return (
    'Estimates of precision and recall rest on people with an NHS number being like those without one, and on most numbers being right; two people who share sex, birth date, postcode ' +
    `and a number are seen by nobody. GP records of people with a type 1 opt-out are in none of these figures; the other opt-outs act on what is released, so that who has them is among the linked records above. ${opposed}`
  );
}
