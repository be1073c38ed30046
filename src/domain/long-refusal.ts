import { EXIT, type Problem, TallystickError } from './problem.ts';

/** Problems of one kind in one file that are shown where people read them one after the other. */
const SHOWN = 5;
/** Problems that are kept: whoever has more to mend looks at the source, and not at each row. */
export const MOST_KEPT = 10_000;

/** The run is refused for what may be wrong in many places: its problems are the first ones of each file, and `all` is every one. */
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
