import { EXIT, type Problem, TallystickError } from './problem.ts';

/** Where one quarantined row is and why, and nothing of what it says. */
export interface QuarantinePlace {
  readonly file: string;
  readonly line: number;
  /** empty where the row as a whole is at fault */
  readonly column: string;
  readonly reason: string;
}

/** The run is refused for too many faulty rows: its problems name the first of them, and its places all. */
export class QuarantineRefusal extends TallystickError {
  readonly places: readonly QuarantinePlace[];

  constructor(problems: readonly Problem[], places: readonly QuarantinePlace[]) {
    super(EXIT.refused, problems);
    this.name = 'QuarantineRefusal';
    this.places = places;
  }
}
