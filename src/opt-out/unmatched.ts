import type { Finding } from '../domain/finding.ts';

/** The registrations that the records of one source state. */
export interface MatchedOptOuts {
  readonly source: string;
  readonly registrations: number;
  /** of these, those that are of nobody: their rows lead to no patient and to no NHS number */
  readonly unmatched: number;
}

/**
 * Opt-outs that act on nobody: keys that no patient has, rows without a key. A few are patients who left; many are keys that are
 * written in another way, and then nobody's opt-out is known.
 *
 * @param maxUnmatched share of a source's registrations that may be of nobody, 0..1; all of them may never be
 */
export function judgeUnmatched(sources: readonly MatchedOptOuts[], maxUnmatched: number): Finding[] {
  return sources.flatMap(({ source, registrations, unmatched }): Finding[] => {
    if (unmatched === 0) return [];
    const isAll = unmatched === registrations;
    const stops = isAll || unmatched > registrations * maxUnmatched;
    return [
      {
        check: 'unmatched-opt-outs',
        severity: stops ? 'stop' : 'warn',
        message: `of ${registrations} opt-outs recorded in the source ${source}, ${isAll ? 'all' : unmatched} are of nobody who is in it`,
        wayOut: stops
          ? `their rows lead to no patient: are the keys of both tables written alike, and are all patients delivered?${isAll ? '' : ' If it is right, raise optOuts.maxUnmatched'}`
          : 'their rows lead to no patient; patients who have left are an innocent cause',
      },
    ];
  });
}
