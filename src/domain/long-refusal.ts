import { EXIT, type Problem, TallystickError } from './problem.ts';

/** The number of problems of one kind in one file that are shown on a terminal. */
const SHOWN = 5;
/** The number of problems that are kept. With more than these, the fault is in the source and not in single rows. */
export const MOST_KEPT = 10_000;

/** A refusal with problems in many locations: `problems` has the first ones of each file, and `all` has every one. */
export class LongRefusal extends TallystickError {
  readonly all: readonly Problem[];

  constructor(all: readonly Problem[]) {
    const met = new Map<string, number>();
    const shown = all.filter(({ file, message }) => {
      const kind = `${file ?? ''}\n${message}`;
      met.set(kind, (met.get(kind) ?? 0) + 1);
      return met.get(kind)! <= SHOWN;
    });
    const more = all.length - shown.length;
    const rest: Problem = { message: `${more} more such places: refused.json has them` };
    super(EXIT.refused, more === 0 ? shown : [...shown, rest]);
    this.name = 'LongRefusal';
    this.all = all;
  }
}
