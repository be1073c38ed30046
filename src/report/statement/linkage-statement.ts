import { escapeMarkdown } from '../../domain/markdown.ts';
import { cleaning, dataSets, flow } from './data.ts';
import type { StatementFigures } from './figures.ts';
import { method, quality } from './linkage.ts';
import { linkedAgainstUnlinked } from './missed.ts';
import { appliedOptOuts } from './opt-outs.ts';

/**
 * The linkage statement, in Markdown, from the counts and rates of a run: the steps of GUILD (Gilbert and others, Journal of Public
 * Health 2018) and the items of RECORD on linkage (Benchimol and others, PLOS Medicine 2015). Small numbers are suppressed and all
 * others rounded (domain/small-number.ts).
 */
export function linkageStatement(figures: StatementFigures): string {
  const { pipeline, tool, runId, runDate, rulesVersion } = figures;
  const sections: readonly (readonly [heading: string, texts: readonly string[]])[] = [
    ['Data sets (GUILD: data provision; RECORD 1.3, 6.1, 12.1)', dataSets(figures)],
    ['Cleaning (GUILD: data provision; RECORD 12.2)', cleaning(figures)],
    ['How records were linked (GUILD: data linkage; RECORD 12.3)', method(figures)],
    ['How well (GUILD: data linkage; RECORD 12.3)', quality(figures)],
    ['Opt-outs (RECORD 6.1, 22.1)', appliedOptOuts(figures)],
    ['Flow of numbers (RECORD 6.3, 13.1)', flow(figures)],
    [
      'Linked against unlinked records (GUILD: data linkage and analysis; RECORD 13.1, 19.1)',
      linkedAgainstUnlinked(figures),
    ],
    ['Limitations (RECORD 19.1)', [limits(figures)]],
    [
      'Access (RECORD 22.1)',
      [
        `The pipeline file and the keys determine this run completely. With the same extracts, pipeline file, keys and date, ${tool} reproduces run ${runId} byte for byte.`,
      ],
    ],
  ];
  return `${[
    `# Linkage statement: ${escapeMarkdown(pipeline.name)}`,
    `Run ${runId} of ${runDate}, for the data sharing agreement ${escapeMarkdown(pipeline.release.agreement)}, by ${tool}, version ${rulesVersion} of its rules for tokens. Counts of 0 to 7 are not shown (\\*), or their line is left out; ` +
      'all others are rounded to the nearest 5, so they need not add up.',
    ...sections.flatMap(([heading, texts]) => [`## ${heading}`, ...texts]),
  ].join('\n\n')}\n`;
}

function limits({ pipeline }: StatementFigures): string {
  const opposed =
    pipeline.optOuts.untied === 'hold-back'
      ? 'Records without a valid NHS number for their person are not in the release, because their opt-outs could not be checked: they are the unlinked records above.'
      : 'Records without a valid NHS number for their person are in the release as separate persons (match rank 0).';
  return (
    'Estimates of precision and recall assume that people with an NHS number are like those without one, and that most numbers are right; two people who share sex, birth date, postcode ' +
    `and a number cannot be detected. GP records of people with a type 1 opt-out are in none of these counts; the other opt-outs act on the release, so people who have them are among the linked records above. ${opposed}`
  );
}
