import { DistantFault, type FaultTrace, traceOf } from '../domain/fault-trace.ts';
import { LongRefusal } from '../domain/long-refusal.ts';
import { type ExitCode, type Problem, TallystickError } from '../domain/problem.ts';
import { type QuarantinePlace, QuarantineRefusal } from '../domain/quarantine-refusal.ts';
import { systemFailure, WriteError, type WriteReason } from '../write/write-error.ts';

/** An error as one process sends it to another: texts of this program, and nothing that quotes data. */
export type CarriedFault =
  | { readonly as: 'error'; readonly exitCode: ExitCode; readonly problems: readonly Problem[] }
  | { readonly as: 'long'; readonly all: readonly Problem[] }
  | {
      readonly as: 'quarantine';
      readonly problems: readonly Problem[];
      readonly places: readonly QuarantinePlace[];
    }
  | { readonly as: 'write'; readonly reason: WriteReason; readonly path: string; readonly text: string }
  | { readonly as: 'unexpected'; readonly trace: FaultTrace };

/** An error as a message. Of one that nobody expected, its class and its stack. */
export function carryFault(fault: unknown): CarriedFault {
  if (fault instanceof QuarantineRefusal) {
    return { as: 'quarantine', problems: fault.problems, places: fault.places };
  }
  if (fault instanceof LongRefusal) return { as: 'long', all: fault.all };
  if (fault instanceof TallystickError) {
    return { as: 'error', exitCode: fault.exitCode, problems: fault.problems };
  }
  const failed = fault instanceof WriteError ? fault : systemFailure(fault);
  if (failed === null) return { as: 'unexpected', trace: traceOf(fault) };
  const { reason, path, message } = failed;
  return { as: 'write', reason, path, text: message.slice(`${path}: `.length) };
}

/** The error of a message: it is handled like one that was thrown in this process. */
export function faultOf(carried: CarriedFault): Error {
  switch (carried.as) {
    case 'quarantine':
      return new QuarantineRefusal(carried.problems, carried.places);
    case 'long':
      return new LongRefusal(carried.all);
    case 'error':
      return new TallystickError(carried.exitCode, carried.problems);
    case 'write':
      return new WriteError(carried.reason, carried.path, carried.text);
    case 'unexpected':
      return new DistantFault(carried.trace);
  }
}
