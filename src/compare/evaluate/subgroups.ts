import {
  compareValues,
  DELIVERED_CHARACTERISTICS,
  foldRare,
  MOST_VALUES,
  valueWords,
} from '../../domain/characteristic.ts';
import { hiddenPlaces } from '../../domain/small-number.ts';
import { GROUPINGS, type GroupCounts, type Grouping, type RecordCounts } from './counts.ts';
import { addUp, type RecordFigures, recordFigures } from './rates.ts';

/** Fewer records than these are not told: too few to say anything, and enough to say it of somebody. */
const FEWEST_RECORDS = 10;
const isFew = (records: number) => records < FEWEST_RECORDS;

/** A subgroup with its figures, or with none and a note that says why. */
export type Subgroup = {
  readonly by: Grouping;
  /** null where the row does not say */
  readonly value: string | null;
  readonly note: string | null;
} & { readonly [figure in keyof RecordFigures]: RecordFigures[figure] | null };

/** A rare value of these may be anything, so it is not shown. */
const DELIVERED: readonly Grouping[] = DELIVERED_CHARACTERISTICS;
const TOO_FEW = `fewer than ${FEWEST_RECORDS} records`;
const GIVEN_BACK = 'left out, or the one with too few records could be worked out';

/**
 * The subgroups that may be shown. A grouping that no row has a value of is left out, and so is one of delivered values that
 * are more than `MOST_VALUES`.
 *
 * Small numbers are suppressed; where only one value of a grouping would be, the next smallest is as well, because the
 * totals would give the one back (domain reference, section 7). Rows that do not say are no value: how many there are says
 * nothing of anybody.
 *
 * @param sources names of the sources: the values of `source` are their places
 */
export function subgroupsOf(counts: readonly GroupCounts[], sources: readonly string[]): Subgroup[] {
  return GROUPINGS.flatMap((by) => {
    const own = counts.filter((one) => one.by === by).sort((a, b) => compareValues(a.value, b.value));
    if (own.every(({ value }) => value === null)) return [];
    const isDelivered = DELIVERED.includes(by);
    if (isDelivered && own.length > MOST_VALUES) return [];
    const isRare = ({ records }: GroupCounts) => isFew(records);
    const shown = isDelivered ? foldRare(own, isRare, (rare, value) => ({ by, value, ...addUp(rare) })) : own;
    const hidden = hiddenOf(shown);
    return shown.map((one): Subgroup => {
      const value = nameOf(by, one.value, sources);
      const note = hidden.has(one) ? (isFew(one.records) ? TOO_FEW : GIVEN_BACK) : null;
      return { by, value, note, ...(note === null ? recordFigures(one) : NOTHING) };
    });
  });
}

/** Those that must not be shown. */
function hiddenOf(groups: readonly GroupCounts[]): ReadonlySet<RecordCounts> {
  const values = groups.filter(({ value }) => value !== null);
  const hidden = hiddenPlaces(
    values.map(({ records }) => records),
    isFew,
  );
  const silent = groups.filter(({ value, records }) => value === null && isFew(records));
  return new Set([...values.filter((_, index) => hidden.has(index)), ...silent]);
}

function nameOf(by: Grouping, value: string | null, sources: readonly string[]): string | null {
  if (value === null) return null;
  if (by === 'source') return sources[Number(value)] ?? null;
  return by === 'nhsNumber' ? value : valueWords(by, value);
}

const NOTHING: { readonly [figure in keyof RecordFigures]: null } = {
  records: null,
  linked: null,
  falseMatches: null,
  falseMatchRate: null,
  falseMatchInterval: null,
  linkable: null,
  missedMatches: null,
  missedMatchRate: null,
  missedMatchInterval: null,
};
