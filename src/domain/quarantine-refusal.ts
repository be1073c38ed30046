import { EXIT, type Problem, TallystickError } from './problem.ts';

/** The location of one quarantined row and the reason, without any of its values. */
export interface QuarantinePlace {
  readonly file: string;
  readonly line: number;
  /** empty where the row as a whole is at fault */
  readonly column: string;
  readonly reason: string;
}

/** The run is refused for too many faulty rows: `problems` names the first of them, and `places` names all. */
export class QuarantineRefusal extends TallystickError {
  readonly places: readonly QuarantinePlace[];

  constructor(problems: readonly Problem[], places: readonly QuarantinePlace[]) {
    super(EXIT.refused, problems);
    this.name = 'QuarantineRefusal';
    this.places = places;
  }
}
