import type { DroppedRows } from '../../domain/receipt.ts';
import type { EvaluationFigures } from './figures.ts';

/** The evaluation of a linkage: counts and rates, and nothing about any person. */
export interface Evaluation extends EvaluationFigures {
  readonly name: string;
  readonly runDate: string;
  /** the name of the ladder of match ranks, or `own` */
  readonly ladder: string;
  readonly notEvaluated: NotEvaluated;
  /** seconds by the clock, from the first stage to the last */
  readonly seconds: number;
  /** seconds of each stage; stages may overlap */
  readonly stages: Readonly<Record<string, number>>;
}

/** What was left out, and why. Numbers of lines and rows. */
export interface NotEvaluated {
  /** lines of the truth on tables whose rows carry no identifiers: events follow their patient */
  readonly truthOfOtherTables: number;
  /** lines of the truth on evaluated tables whose record is not in the store: it was stopped (`notLinked`), or there is none */
  readonly truthWithoutRecord: number;
  /** stored rows of tables with identifiers that are not in the truth */
  readonly recordsWithoutTruth: number;
  /** rows of tables with identifiers that never reached linkage */
  readonly notLinked: Readonly<DroppedRows>;
}
