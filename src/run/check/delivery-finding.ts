import type { Finding } from '../../domain/finding.ts';
import { EXIT, type ExitCode, formatProblem, type Problem, TallystickError } from '../../domain/problem.ts';
import { WriteError } from '../../write/write-error.ts';

/** One thing that was looked at before a run. */
export interface DeliveryFinding {
  readonly what: string;
  readonly verdict: 'ok' | 'warning' | 'failed';
  /** one line, without any value read from data */
  readonly found: string;
  readonly wayOut?: string;
  /** everything that is wrong; of what has failed only */
  readonly problems?: readonly Problem[];
  /** how a run would end; of what has failed only */
  readonly exitCode?: ExitCode;
}

export function ok(what: string, found: string): DeliveryFinding {
  return { what, verdict: 'ok', found };
}

export function warning(what: string, { wayOut, ...problem }: Problem): DeliveryFinding {
  const { file, line, column, message } = problem;
  const place = { ...(file && { file }), ...(line && { line }), ...(column && { column }) };
  const found = formatProblem({ ...place, message });
  return { what, verdict: 'warning', found, ...(wayOut === undefined ? {} : { wayOut }) };
}

export function failed(what: string, exitCode: ExitCode, problems: readonly Problem[]): DeliveryFinding {
  const [first] = problems;
  const one = { ...warning(what, first!), verdict: 'failed', problems, exitCode } as const;
  return problems.length === 1
    ? one
    : { ...one, found: `${problems.length} faults; the first: ${one.found}` };
}

/** What a check of a run found: its stops as one failure, its warnings one by one. Nothing for no findings. */
export function fromFindings(what: string, findings: readonly Finding[]): DeliveryFinding[] {
  const of = (severity: Finding['severity']) =>
    findings
      .filter((one) => one.severity === severity)
      .map(({ check: _, severity: __, ...problem }): Problem => problem);
  const stops = of('stop');
  return [
    ...(stops.length === 0 ? [] : [failed(what, EXIT.refused, stops)]),
    ...of('warn').map((problem) => warning(what, problem)),
  ];
}

/** The result of something that a run would do: its value, or why the run would end there. */
export type Attempt<T> = { readonly value: T } | { readonly fault: DeliveryFinding };

/** Does what a run would do, and turns a refusal into a finding. A fault of this program stays one. */
export async function attempt<T>(what: string, act: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await act() };
  } catch (fault) {
    if (fault instanceof TallystickError && fault.exitCode !== EXIT.bug) {
      return { fault: failed(what, fault.exitCode, fault.problems) };
    }
    if (fault instanceof WriteError && fault.reason !== 'bad-data') {
      const { path, message } = fault;
      return {
        fault: failed(what, EXIT.environment, [{ file: path, message: message.replace(`${path}: `, '') }]),
      };
    }
    throw fault;
  }
}
