import type { Limits, OptOutLimits } from '../domain/expectation.ts';

/** Limits of an identifier column; `warn` and `stop` in points of its share of valid cells, from 0 to 1. */
export interface ColumnLimits extends Limits {
  /** share of its cells that must be valid, regardless of earlier nights */
  readonly atLeast: number;
}

/** The expectations of a night, absolute and compared with earlier nights. Every table and every identifier column has its limits. */
export interface Expectations {
  /** the number of nights that the baseline keeps */
  readonly nights: number;
  /** by table: share by which its rows may differ */
  readonly rows: Readonly<Record<string, Limits>>;
  /** by table and column */
  readonly valid: Readonly<Record<string, Readonly<Record<string, ColumnLimits>>>>;
  /** points by which the share that is linked may differ, from 0 to 1 */
  readonly linked: Limits;
  /** share by which the opt-outs of one type and origin may fall */
  readonly optOuts: OptOutLimits;
  /** share of a file's rows that may also be in another file of its table */
  readonly repeats: Limits;
}
