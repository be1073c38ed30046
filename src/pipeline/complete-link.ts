import {
  comparesUnderNhsNumber,
  LADDERS,
  type Ladder,
  type MatchRank,
  rankProblem,
} from '../domain/match-rank.ts';
import type { Complain } from './complain.ts';
import type { LinkSpec } from './pipeline.ts';
import { type PipelineFile, shareOf } from './schema.ts';

/** The match ranks: those of a shipped ladder, or the file's own, each checked. */
export function completeLink(
  { link }: PipelineFile,
  absolute: (path: string) => string,
  complain: Complain,
): Omit<LinkSpec, 'implausible'> {
  const quarantineImplausible = link?.quarantineImplausible ?? false;
  const given = link?.ranks ?? 'two-step';
  const ignorePostcodes = link?.ignorePostcodes === undefined ? null : absolute(link.ignorePostcodes);
  const busiest = link?.ignoreBusiestPostcodes;
  const ignoreBusiestPostcodes = busiest === undefined ? null : shareOf(busiest);
  const supersededNumbers = link?.supersededNumbers === undefined ? null : absolute(link.supersededNumbers);
  const minProbability = link?.minProbability ?? null;
  const complete = (ladder: string, ranks: Ladder): Omit<LinkSpec, 'implausible'> => {
    if (minProbability !== null && !comparesUnderNhsNumber(ranks)) {
      complain(
        ['link', 'minProbability'],
        'no rank compares other fields of records with one NHS number, so links have no probability',
        'choose another ladder, such as eight-step',
        true,
      );
    }
    return {
      ladder,
      ranks,
      ignorePostcodes,
      ignoreBusiestPostcodes,
      supersededNumbers,
      minProbability,
      quarantineImplausible,
      keepMap: link?.keepMap ?? false,
    };
  };
  if (typeof given === 'string') return complete(given, LADDERS[given]);
  const ranks = given.map((one): MatchRank => ({ ...one, unless: one.unless ?? [] }));
  for (const [index, one] of ranks.entries()) {
    const problem = rankProblem(one);
    if (problem !== null) complain(['link', 'ranks', index], `rank ${one.rank} ${problem}`);
    if (ranks.findIndex(({ rank }) => rank === one.rank) < index) {
      complain(['link', 'ranks', index, 'rank'], `there is already a rank ${one.rank}`);
    }
  }
  return complete('own', ranks);
}
