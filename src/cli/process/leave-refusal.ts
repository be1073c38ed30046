import { LongRefusal } from '../../domain/long-refusal.ts';
import { EXIT, type Problem, TallystickError } from '../../domain/problem.ts';
import { QuarantineRefusal } from '../../domain/quarantine-refusal.ts';
import { findIdentifier } from '../../gates/identifier-shapes.ts';
import { readCanaries } from '../../gates/leak-scan.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { removeRefusal, writeRefusal } from '../../write/refusal-file.ts';
import { failureOf } from '../exit.ts';
import { shownPath } from '../options/shown-path.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Whose run is refused. */
export type RefusedRun = Pick<Pipeline, 'name' | 'canaries'> & { readonly date: string | null };

/**
 * Does work and, if it is refused (exit 1), leaves a file of all that is wrong, with every quarantined row, for whoever looks
 * in the morning. Work that succeeds takes the file of an earlier refusal away.
 *
 * @param path of that file
 * @throws whatever the work throws
 */
export async function leavingRefusal<T>(
  terminal: Terminal,
  path: string,
  run: RefusedRun,
  work: () => Promise<T>,
): Promise<T> {
  let done: T;
  try {
    done = await work();
  } catch (fault) {
    await leaveRefusal(terminal, path, run, fault);
    throw fault;
  }
  await removeRefusal(path);
  return done;
}

/** Leaves the file, where a fault is a refusal. That it cannot be written is said, and hides nothing of the fault. */
export async function leaveRefusal(
  terminal: Terminal,
  path: string,
  { name, canaries, date }: RefusedRun,
  fault: unknown,
): Promise<void> {
  const { exitCode, problems } = failureOf(fault);
  if (exitCode !== EXIT.refused) return;
  const texts = new SafeTexts(canariesOf(canaries));
  const quarantined =
    fault instanceof QuarantineRefusal
      ? fault.places.map(({ file, line, column, reason }) => ({
          file: texts.safe(file),
          line,
          column: texts.safe(column),
          reason: texts.safe(reason),
        }))
      : null;
  const all = fault instanceof LongRefusal ? fault.all : problems;
  const safe = all.map((problem) => texts.safeProblem(problem));
  try {
    const refusal = { run: { name, date }, exitCode, leftOut: texts.leftOut, problems: safe, quarantined };
    await writeRefusal(path, refusal);
    terminal.warn(`all that is wrong, with every place, is in ${shownPath(path)}`);
  } catch (second) {
    if (failureOf(second).exitCode === EXIT.bug) throw second;
    terminal.warn(`${shownPath(path)} cannot be written: what is said here is all there is`);
  }
}

/** A list that cannot be read is refused by the run itself: here, shapes are looked for all the same. */
function canariesOf(path: string | null): readonly string[] {
  try {
    return readCanaries(path);
  } catch (fault) {
    if (fault instanceof TallystickError) return [];
    throw fault;
  }
}

/** Texts as they may be left behind: one that looks like an identifier is left out, and that is said. */
class SafeTexts {
  readonly #canaries: readonly string[];
  /** file names, columns and reasons come again and again */
  readonly #seen = new Map<string, string>();
  leftOut = 0;

  constructor(canaries: readonly string[]) {
    this.#canaries = canaries;
  }

  safe(text: string): string {
    let safe = this.#seen.get(text);
    if (safe === undefined) {
      const finding = findIdentifier(text, this.#canaries, null);
      safe = finding === null ? text : `(left out: it looks like a ${finding})`;
      this.#seen.set(text, safe);
    }
    if (safe !== text) this.leftOut += 1;
    return safe;
  }

  safeProblem(problem: Problem): Problem {
    const entries = Object.entries(problem).map(([key, value]) => [
      key,
      typeof value === 'string' ? this.safe(value) : value,
    ]);
    return Object.fromEntries(entries) as Problem;
  }
}
