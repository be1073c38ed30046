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

/** The run that is refused. */
export type RefusedRun = Pick<Pipeline, 'name' | 'canaries'> & { readonly date: string | null };

/**
 * Does work and, if it is refused (exit 1), writes a file of all problems, with every quarantined row, for the operator. Work that
 * succeeds removes the file of an earlier refusal.
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

/** Writes the file, where a fault is a refusal. A failure to write it is reported and does not hide the fault. */
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
    terminal.warn(`all problems, with every location, are in ${shownPath(path)}`);
  } catch (second) {
    if (failureOf(second).exitCode === EXIT.bug) throw second;
    terminal.warn(`${shownPath(path)} cannot be written: only the messages here are available`);
  }
}

/** A list that cannot be read is refused by the run itself; here, identifiers are still searched for. */
function canariesOf(path: string | null): readonly string[] {
  try {
    return readCanaries(path);
  } catch (fault) {
    if (fault instanceof TallystickError) return [];
    throw fault;
  }
}

/** Texts that may be written to the file: one that looks like an identifier is replaced by a note. */
class SafeTexts {
  readonly #canaries: readonly string[];
  /** file names, columns and reasons repeat */
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
