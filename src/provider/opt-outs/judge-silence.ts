import { isSilenceImpossible } from '../../domain/expected-opt-outs.ts';
import type { Finding } from '../../domain/finding.ts';

/** People of one practice, or of a whole table where no practice is known, and signs of opt-outs among them. */
export interface PracticeSigns {
  readonly people: number;
  /** opt-out events of any kind, of people of this practice */
  readonly signs: number;
  /** likewise, of type 1 */
  readonly typeOne: number;
}

/** Sizes of silent practices that are named. */
const SIZES_SHOWN = 5;

/**
 * On the first night there is no earlier one to compare with: but of enough people somebody has opted out, so a table of them
 * without a sign of it was not looked through rightly, or its opt-outs were not delivered.
 *
 * @param table the table of people, as messages name it
 * @param from where its opt-outs are expected, in words
 * @param practices null column where the table does not distinguish practices
 * @param rate share of people who have opted out, at least, 0..1
 */
export function judgeSilence(
  table: string,
  from: string,
  practices: { readonly column: string | null; readonly signs: readonly PracticeSigns[] },
  rate: number,
): Finding[] {
  const sum = (of: (one: PracticeSigns) => number) =>
    practices.signs.reduce((total, one) => total + of(one), 0);
  const people = sum((one) => one.people);
  const expected = `at least ${formatShare(rate)} of people are expected to have opted out`;
  const wayOut = `${expected}: look for codes in another system or column, keys written otherwise, or a list that was not delivered; else set optOuts.expectedRate, or give a reason (typeOne)`;
  if (sum((one) => one.signs) === 0) {
    return isSilenceImpossible(people, rate)
      ? [
          {
            check: 'no-opt-outs',
            severity: 'stop',
            message: `of ${people} people in ${table} nobody has an opt-out in ${from}`,
            wayOut,
          },
        ]
      : [];
  }
  const silent = practices.signs
    .filter((one) => one.signs === 0 && isSilenceImpossible(one.people, rate))
    .map((one) => one.people)
    .sort((a, b) => b - a);
  const findings: Finding[] = [];
  if (practices.column !== null && silent.length > 0) {
    const sizes = `${silent.slice(0, SIZES_SHOWN).join(', ')}${silent.length > SIZES_SHOWN ? ', ...' : ''}`;
    findings.push({
      check: 'no-opt-outs',
      severity: 'stop',
      message: `in ${silent.length} of ${practices.signs.length} practices in ${table} (column ${practices.column}) nobody has an opt-out in ${from}: practices of ${sizes} people`,
      wayOut,
    });
  }
  if (sum((one) => one.typeOne) === 0 && isSilenceImpossible(people, rate)) {
    findings.push({
      check: 'no-opt-outs',
      severity: 'warn',
      message: `of ${people} people in ${table} nobody has a type 1 opt-out in ${from}`,
      wayOut: `${expected}: see that the codes and the list name type 1`,
    });
  }
  return findings;
}

function formatShare(rate: number): string {
  return `${Number((rate * 100).toPrecision(6))} %`;
}
