import { LADDERS, type MatchRank, rankProblem } from '../domain/match-rank.ts';
import type { Complain } from './complain.ts';
import type { LinkSpec } from './pipeline.ts';
import type { PipelineFile } from './schema.ts';

/** The ranks by which records join persons: a shipped ladder, or the file's own, each rank checked. */
export function completeLink(
  { link }: PipelineFile,
  absolute: (path: string) => string,
  complain: Complain,
): LinkSpec {
  const given = link?.ranks ?? 'two-step';
  const ignorePostcodes = link?.ignorePostcodes === undefined ? null : absolute(link.ignorePostcodes);
  const supersededNumbers = link?.supersededNumbers === undefined ? null : absolute(link.supersededNumbers);
  const files = { ignorePostcodes, supersededNumbers };
  if (typeof given === 'string') return { ladder: given, ranks: LADDERS[given], ...files };
  const ranks = given.map((one): MatchRank => ({ ...one, unless: one.unless ?? [] }));
  for (const [at, one] of ranks.entries()) {
    const problem = rankProblem(one);
    if (problem !== null) complain(['link', 'ranks', at], `rank ${one.rank} ${problem}`);
    if (ranks.findIndex(({ rank }) => rank === one.rank) < at) {
      complain(['link', 'ranks', at, 'rank'], `there is already a rank ${one.rank}`);
    }
  }
  return { ladder: 'own', ranks, ...files };
}
