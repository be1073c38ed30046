import type { Finding } from '../../domain/finding.ts';

/** The registrations that the records of one source state. */
export interface MatchedOptOuts {
  readonly source: string;
  readonly registrations: number;
  /** of these, those without an owner: their rows lead to no patient and to no NHS number */
  readonly unmatched: number;
  /** registrations that act on whole persons below the identity boundary, such as type 2 and national */
  readonly actingElsewhere: number;
  /** what these are, in words */
  readonly elsewhereWords: string;
  /** of these, those of patients without a valid NHS number, and the files in which these patients are */
  readonly unnumbered: number;
  readonly unnumberedIn: readonly string[];
}

/**
 * Opt-outs that act on no patient: keys that no patient has, rows without a key. A few are patients who left; many are keys that are
 * written in another way, and then no opt-out is known.
 *
 * @param maxUnmatched share of a source's registrations that may be without an owner, 0..1; all of them may never be
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

/**
 * Opt-outs of whole persons, and protections, that may act on no record of another source. One acts by the NHS number. Of a patient without a valid one it
 * acts on the subjects with the same sex, birth date and postcode, which need not be the patient's: what another source has under
 * the right number, with an address that it learnt earlier, would be released.
 *
 * @param maxUnmatched share of a source's registrations of these types that may be so, 0..1
 */
export function judgeUnnumbered(sources: readonly MatchedOptOuts[], maxUnmatched: number): Finding[] {
  return sources.flatMap(
    ({ source, actingElsewhere, elsewhereWords, unnumbered, unnumberedIn }): Finding[] => {
      if (unnumbered === 0) return [];
      const stops = unnumbered > actingElsewhere * maxUnmatched;
      const [file, ...others] = unnumberedIn;
      const elsewhere = others.length === 0 ? '' : `, in this file and ${others.length} more`;
      return [
        {
          check: 'unnumbered-opt-outs',
          severity: stops ? 'stop' : 'warn',
          ...(file === undefined ? {} : { file }),
          message: `of ${actingElsewhere} ${elsewhereWords} recorded in the source ${source}, ${unnumbered} are of patients without a valid NHS number${elsewhere}`,
          wayOut: `they act on whoever is known by the same sex, birth date and postcode: what other sources hold under the patients' own numbers could be released. Have the numbers completed${stops ? '; or name these patients in optOuts.register and raise optOuts.maxUnmatched' : ', or name these patients in optOuts.register'}`,
        },
      ];
    },
  );
}
