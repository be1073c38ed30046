/**
 * The errors of the program, and their exit codes.
 *
 * A problem names a location (file, line, column) and a way out, and never a cell's value: messages end up in
 * schedulers, tickets and chat rooms. The exit code tells a scheduler what to do without reading the text.
 */

/** Exit codes of the program. 99 is never used: Airflow reads it as "skipped". */
export const EXIT = {
  done: 0,
  /** a data or safety gate refused; nothing was published */
  refused: 1,
  /** wrong arguments or a faulty pipeline file */
  usage: 2,
  /** a key or the environment: missing, readable by others, no space, locked */
  environment: 3,
  /** the engine failed */
  engine: 4,
  /** a fault of this program */
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One fault. `line` and `column` count from 1; `column` may also be a header name. */
export interface Problem {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number | string;
  /** what is wrong, without any value read from data */
  readonly message: string;
  /** what to do about it */
  readonly wayOut?: string;
}

/** `file:line:column: message (way out)`, the form that editors and terminals turn into links. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const text = problem.wayOut === undefined ? problem.message : `${problem.message}\n    ${problem.wayOut}`;
  return place === '' ? text : `${place}: ${text}`;
}

/** Every error the program raises on purpose: an exit code and one or more problems. */
export class TallystickError extends Error {
  readonly exitCode: ExitCode;
  readonly problems: readonly Problem[];

  constructor(exitCode: ExitCode, problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'TallystickError';
    this.exitCode = exitCode;
    this.problems = problems;
  }
}

/** The run is refused: a gate, a quarantine limit, an untrusted list. Nothing is published. */
export function refused(...problems: Problem[]): TallystickError {
  return new TallystickError(EXIT.refused, problems);
}

/** The pipeline file or the command line is wrong. */
export function usage(...problems: Problem[]): TallystickError {
  return new TallystickError(EXIT.usage, problems);
}

/** A key, a folder or the machine is not as it must be. */
export function environment(...problems: Problem[]): TallystickError {
  return new TallystickError(EXIT.environment, problems);
}

/** The engine could not execute a step. */
export function engineFault(...problems: Problem[]): TallystickError {
  return new TallystickError(EXIT.engine, problems);
}

/** Something impossible happened: a fault of this program. */
export function bug(message: string): TallystickError {
  return new TallystickError(EXIT.bug, [
    { message, wayOut: 'this is a fault in tallystick: please report it' },
  ]);
}

/** SIGINT, SIGTERM or SIGHUP arrived. */
export function interrupted(): TallystickError {
  return new TallystickError(EXIT.interrupted, [{ message: 'interrupted; nothing was published' }]);
}
