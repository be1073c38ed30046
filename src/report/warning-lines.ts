import type { Warning } from '../domain/finding.ts';
import { formatProblem } from '../domain/problem.ts';

/** The warnings of a run, under their number, and an empty line; nothing where there are none. */
export function warningLines(warnings: readonly Warning[]): string[] {
  if (warnings.length === 0) return [];
  const heading = warnings.length === 1 ? '1 warning:' : `${warnings.length} warnings:`;
  return [
    heading,
    ...warnings.flatMap((one) => formatProblem(one).split('\n')).map((line) => `  ${line}`),
    '',
  ];
}
