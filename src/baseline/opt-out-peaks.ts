import type { Night } from './night.ts';
import { optOutSeries } from './opt-out-series.ts';
import { sinceAccepted } from './since-accepted.ts';

/** The highest count of a series, and the night that had it. */
export interface Peak {
  readonly date: string;
  readonly value: number;
}

/**
 * The highest count of every series since a change was last accepted, whether or not its night is kept. A month of nights falls
 * with a list that loses a little every week; the highest count does not.
 */
export type Peaks = Readonly<Record<string, Peak>>;

/** The peaks of nights alone. */
export function peaksOf(nights: readonly Night[]): Peaks {
  return sinceAccepted(nights, 'opt-outs').reduce<Peaks>(raisedBy, {});
}

/** Peaks after one more night. A night on which a change of opt-outs was accepted begins anew. */
export function peaksWith(before: Peaks, night: Night): Peaks {
  return raisedBy(night.accepted.includes('opt-outs') ? {} : before, night);
}

function raisedBy(before: Peaks, night: Night): Peaks {
  const raised = Object.entries(optOutSeries(night)).flatMap(([name, value]): [string, Peak][] => {
    const was = before[name];
    return was !== undefined && was.value > value ? [] : [[name, { date: night.date, value }]];
  });
  return { ...before, ...Object.fromEntries(raised) };
}
