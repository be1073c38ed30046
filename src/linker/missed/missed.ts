import {
  CHARACTERISTICS,
  type Characteristic,
  compareValues,
  DELIVERED_CHARACTERISTICS,
  foldRare,
  valueWords,
} from '../../domain/characteristic.ts';
import { isSmall, publishedCount, publishedCounts } from '../../domain/small-number.ts';

/** A row of `missed_groups`: records of one source, in all or of one value of one characteristic. */
export interface GroupCount {
  /** index of the source in the pipeline file */
  readonly source: number;
  /** null for all records of the source */
  readonly by: Characteristic | null;
  /** null where the records have no value */
  readonly value: string | null;
  readonly records: number;
  readonly linked: number;
}

/** One value of a characteristic; counts are rounded, and null where they are suppressed, as is what would be made of them. */
export interface MissedValue {
  /** null where the records have no value */
  readonly value: string | null;
  readonly linked: number | null;
  /** of all linked records of the source, in whole per cent; both rounded before */
  readonly linkedPercent: number | null;
  readonly unlinked: number | null;
  readonly unlinkedPercent: number | null;
  /** (l - u) / sqrt((l (1 - l) + u (1 - u)) / 2), where a share l of the linked and u of the unlinked records have the value */
  readonly standardisedDifference: number | null;
}

export interface MissedSource {
  readonly source: string;
  readonly linked: number | null;
  readonly unlinked: number | null;
  readonly characteristics: readonly {
    readonly by: Characteristic;
    readonly values: readonly MissedValue[];
  }[];
}

/**
 * Linked against unlinked records of each source, by characteristic, ready to be published (README.md; domain/small-number.ts).
 *
 * @param sources names of the sources, in the order of the pipeline file
 */
export function whoIsMissed(groups: readonly GroupCount[], sources: readonly string[]): MissedSource[] {
  return sources.map((source, index) => {
    const own = groups.filter((one) => one.source === index);
    const all = own.find(({ by }) => by === null) ?? { records: 0, linked: 0 };
    const totals = { linked: publishedCount(all.linked), unlinked: publishedCount(all.records - all.linked) };
    return {
      source,
      ...totals,
      characteristics: CHARACTERISTICS.flatMap((by) => {
        const groupsOf = own.filter((one) => one.by === by);
        return groupsOf.every(({ value }) => value === null)
          ? []
          : [{ by, values: valuesOf(by, groupsOf, totals) }];
      }),
    };
  });
}

/** Linked and unlinked records of one value. */
interface Value {
  readonly value: string | null;
  readonly linked: number;
  readonly unlinked: number;
}

function valuesOf(
  by: Characteristic,
  groups: readonly GroupCount[],
  totals: Pick<MissedSource, 'linked' | 'unlinked'>,
): MissedValue[] {
  const values = groups
    .map(({ value, records, linked }): Value => ({ value, linked, unlinked: records - linked }))
    .sort((a, b) => compareValues(a.value, b.value));
  // of the counts that are shown: another count would reveal more of the two than they do
  const isRare = ({ linked, unlinked }: Value) => isSmall(linked) && isSmall(unlinked);
  const shown = DELIVERED_CHARACTERISTICS.includes(by)
    ? foldRare(values, isRare, (rare, value) => ({
        value,
        linked: sum(rare.map((one) => one.linked)),
        unlinked: sum(rare.map((one) => one.unlinked)),
      }))
    : values;
  const linked = publishedColumn(
    shown,
    shown.map((one) => one.linked),
  );
  const unlinked = publishedColumn(
    shown,
    shown.map((one) => one.unlinked),
  );
  return shown.map(({ value }, index): MissedValue => {
    const [l, u] = [shareOf(linked[index]!, totals.linked), shareOf(unlinked[index]!, totals.unlinked)];
    return {
      value: value === null ? null : valueWords(by, value),
      linked: linked[index]!,
      linkedPercent: percent(l),
      unlinked: unlinked[index]!,
      unlinkedPercent: percent(u),
      standardisedDifference: l === null || u === null ? null : standardisedDifference(l, u),
    };
  });
}

/**
 * Counts of the values, as they may be shown together. How many records have no value reveals nothing about anybody, so a small
 * number of those is suppressed alone.
 */
function publishedColumn(values: readonly Value[], counts: readonly number[]): (number | null)[] {
  const published = publishedCounts(counts.filter((_, index) => values[index]!.value !== null));
  return counts.map((count, index) =>
    values[index]!.value === null ? publishedCount(count) : published.shift()!,
  );
}

/** Rounded counts may add up to a little more than their rounded total. */
function shareOf(count: number | null, of: number | null): number | null {
  return count === null || of === null ? null : Math.min(1, count / of);
}

function percent(share: number | null): number | null {
  return share === null ? null : Math.round(share * 100);
}

/**
 * How far two shares lie apart, in standard deviations; two decimals. Beyond 0.1 is usually called a difference (Austin,
 * Communications in Statistics, 2009). Shares that are both nought or both one do not differ.
 */
function standardisedDifference(l: number, u: number): number {
  const spread = Math.sqrt((l * (1 - l) + u * (1 - u)) / 2);
  return spread === 0 ? 0 : Math.round(((l - u) / spread) * 100) / 100;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
