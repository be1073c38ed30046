import { aboutBaseline } from '../../baseline/about-baseline.ts';
import { NOTHING_ACCEPTED } from '../../baseline/acceptance.ts';
import { nightsBefore } from '../../baseline/baseline.ts';
import { compareRows } from '../../baseline/compare-rows.ts';
import { describeBaseline } from '../../baseline/describe-baseline.ts';
import type { Night } from '../../baseline/night.ts';
import { openBaseline } from '../../baseline/open-baseline.ts';
import { refused } from '../../domain/problem.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { CheckedKeys } from './check-keys.ts';
import { attempt, type DeliveryFinding, ok, warning } from './delivery-finding.ts';

const WHAT = 'baseline';

/**
 * Whether the baseline can be trusted, and holds the keys of tonight; and whether the rows that the files seem to have are like
 * those of earlier nights. They are estimated, so that the latter is a warning at most.
 *
 * @param home `OUT/<name>`, which need not be there
 * @param rows by table
 */
export async function checkBaseline(
  home: string,
  { name, expect }: Pipeline,
  { keyIds, release }: CheckedKeys,
  runDate: string,
  rows: Readonly<Record<string, number>>,
): Promise<DeliveryFinding[]> {
  const opened = await attempt(WHAT, async () => {
    if (keyIds !== null && release !== null) {
      const found = await openBaseline(home, name, keyIds, release, NOTHING_ACCEPTED);
      return { nights: found.baseline?.nights ?? [], about: aboutBaseline(found, runDate) };
    }
    const { state, nights } = await describeBaseline(home, name, release);
    if (state === 'none' || state === 'sealed' || state === 'unchecked') return { nights, about: [] };
    throw refused({ file: home, message: `the baseline is ${STATES[state]}` });
  });
  if ('fault' in opened) return [opened.fault];
  const { about } = opened.value;
  const nights = nightsBefore(opened.value, runDate);
  return [
    ok(WHAT, describeNights(nights)),
    ...about.map((problem) => warning(WHAT, problem)),
    ...compareRows(expect.rows, nights, { rows }).map(({ message, wayOut }) =>
      warning('rows', { message: `by the size of its files, ${message}`, ...(wayOut && { wayOut }) }),
    ),
  ];
}

const STATES = {
  missing: 'missing, though runs have been published here',
  damaged: 'damaged',
  edited: 'edited, or of another pipeline',
  'other-version': 'of another format version',
} as const;

function describeNights(nights: readonly Night[]): string {
  const [first, last] = [nights.at(0), nights.at(-1)];
  if (first === undefined || last === undefined) {
    return 'first night: nothing was published here yet, so that there is nothing to compare with';
  }
  return nights.length === 1
    ? `one night, of ${first.date}`
    : `${nights.length} nights, ${first.date} to ${last.date}`;
}
