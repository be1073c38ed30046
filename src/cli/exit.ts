import { CommanderError } from '@commander-js/extra-typings';
import { traceOf } from '../domain/fault-trace.ts';
import { EXIT, type ExitCode, type Problem, TallystickError } from '../domain/problem.ts';
import { systemFailure, WriteError, type WriteReason } from '../write/write-error.ts';

/** A failed end of the program. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly problems: readonly Problem[];
  /** the stack of an unexpected error; never its message, which might hold data */
  readonly stack: readonly string[];
  /** the result that the command has nevertheless, for stdout */
  readonly finding: Finding | null;
}

/** A result together with a failure, such as the checks of `verify`, some of which failed. */
export interface Finding {
  readonly value: object;
  readonly text: string;
}

/** A command that did its work, with a negative result. */
export class FailedCheck extends TallystickError {
  readonly finding: Finding;

  constructor(exitCode: ExitCode, problems: readonly Problem[], finding: Finding) {
    super(exitCode, problems);
    this.name = 'FailedCheck';
    this.finding = finding;
  }
}

const OTHER_FOLDER = 'choose another folder with --out or --work, or have its owner let you write there';

/** The exit code and the way out of each kind of write error. */
const WRITE_FAILURES: Readonly<Record<WriteReason, readonly [ExitCode, string | null]>> = {
  'no-space': [EXIT.environment, 'free space, or choose another disk with --out and --work'],
  'open-files': [
    EXIT.environment,
    'raise the limit (ulimit -n; LimitNOFILE= in systemd): 256 are enough for 16 threads',
  ],
  permission: [EXIT.environment, OTHER_FOLDER],
  'not-found': [EXIT.environment, 'check the path'],
  'already-there': [EXIT.environment, 'move it away, or choose another folder with --out'],
  locked: [EXIT.environment, 'wait until it is done, or publish to another folder with --out'],
  'bad-name': [EXIT.usage, 'choose another name in the pipeline file'],
  'not-arrow': [EXIT.refused, 'it is damaged, or was never an Arrow file: fetch it again'],
  'bad-data': [EXIT.bug, 'this is a fault in tallystick: please report it'],
  failed: [EXIT.environment, 'look at the disk and its file system'],
};

/** Turns any thrown value into an exit code and messages. Only this function decides exit codes. */
export function failureOf(fault: unknown): Failure {
  const plain = { stack: [], finding: null };
  if (fault instanceof FailedCheck) {
    return { ...plain, exitCode: fault.exitCode, problems: fault.problems, finding: fault.finding };
  }
  if (fault instanceof TallystickError) {
    return { ...plain, exitCode: fault.exitCode, problems: fault.problems };
  }
  if (fault instanceof CommanderError)
    return { ...plain, exitCode: EXIT.usage, problems: [usageProblem(fault)] };
  if (fault instanceof WriteError) return { ...plain, ...writeFailure(fault) };
  const failed = systemFailure(fault);
  if (failed !== null) return { ...plain, ...writeFailure(failed) };
  const { kind, frames } = traceOf(fault);
  return {
    ...plain,
    exitCode: EXIT.bug,
    problems: [
      {
        message: `${kind}, which nobody expected`,
        wayOut: 'this is a fault in tallystick: please report it, with the lines that follow',
      },
    ],
    stack: frames,
  };
}

/** True for the error that commander throws after printing help or the version: that is no failure. */
export function isAnswered(fault: unknown): boolean {
  return fault instanceof CommanderError && fault.exitCode === 0;
}

function usageProblem({ code, message }: CommanderError): Problem {
  if (code === 'commander.help') {
    return { message: 'no command was given', wayOut: 'see `tallystick --help`' };
  }
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n');
  return { message: first, wayOut: more.length > 0 ? more.join(' ') : 'see `tallystick help COMMAND`' };
}

function writeFailure({ reason, path, message }: WriteError): Pick<Failure, 'exitCode' | 'problems'> {
  const [exitCode, wayOut] = WRITE_FAILURES[reason];
  const text = message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
  return { exitCode, problems: [{ file: path, message: text, ...(wayOut === null ? {} : { wayOut }) }] };
}
