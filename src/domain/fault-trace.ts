/** What may be reported of an unexpected error: its class and its stack, and never its message, which might hold data. */
export interface FaultTrace {
  /** such as `TypeError` */
  readonly kind: string;
  /** lines of the stack that name a place, such as `at readRow (file.js:3:4)` */
  readonly frames: readonly string[];
}

/** An error that nobody expected, in another process: all that is known of it is its trace. */
export class DistantFault extends Error {
  readonly trace: FaultTrace;

  constructor(trace: FaultTrace) {
    super(`${trace.kind} in another process`);
    this.name = 'DistantFault';
    this.trace = trace;
  }
}

/** The trace of whatever was thrown. */
export function traceOf(fault: unknown): FaultTrace {
  return fault instanceof DistantFault ? fault.trace : { kind: kindOf(fault), frames: framesOf(fault) };
}

function kindOf(fault: unknown): string {
  return fault instanceof Error ? fault.constructor.name : `a thrown ${typeof fault}`;
}

/** The frames of a stack, without the message before them, which may quote a cell. */
function framesOf(fault: unknown): string[] {
  const lines = fault instanceof Error ? (fault.stack ?? '').split('\n') : [];
  return lines.map((line) => line.trim()).filter((line) => /^at .*:\d+:\d+\)?$/.test(line));
}
