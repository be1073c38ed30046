import { formatProblem, type Problem, refused } from './problem.ts';

/** The severities of a finding. */
export const SEVERITIES = ['warn', 'stop'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Something that a check found. It holds counts and locations, never a cell's value. */
export interface Finding extends Problem {
  /** which check found it, in kebab-case, such as `code-shape` */
  readonly check: string;
  /** `stop` where somebody could be released wrongly; `warn` elsewhere */
  readonly severity: Severity;
}

/** A finding that does not end the run. It is printed, logged, and kept with the run. */
export type Warning = Finding & { readonly severity: 'warn' };

/**
 * Acts on findings: warnings are logged and returned; one or more stops end the run with an error that lists them all.
 *
 * @throws TallystickError (exit 1) with every finding of severity `stop`
 */
export function settleFindings(
  findings: readonly Finding[],
  log: (event: { readonly level: 'warn'; readonly message: string }) => void,
): readonly Warning[] {
  const warnings = findings.filter((one): one is Warning => one.severity === 'warn');
  for (const warning of warnings) log({ level: 'warn', message: formatProblem(warning) });
  const stops = findings.filter(({ severity }) => severity === 'stop');
  if (stops.length > 0) throw refused(...stops.map(({ check: _, severity: __, ...problem }) => problem));
  return warnings;
}
