import { formatProblem } from '../domain/problem.ts';
import type { Failure } from './exit.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Reports a failure in the requested form: every problem, each with its location and its way out. */
export function reportFailure({ exitCode, problems, stack, finding }: Failure, terminal: Terminal): void {
  const { manners, paintError } = terminal;
  if (manners.json) {
    const trace = stack.length === 0 ? {} : { stack };
    terminal.result({ ...finding?.value, error: { exitCode, problems, ...trace } }, () => '');
  } else if (finding !== null) terminal.result(finding.value, () => finding.text);
  for (const problem of problems) {
    if (manners.logFormat === 'json') terminal.log.event({ level: 'error', exitCode, ...problem });
    else terminal.errorText(`${paintError('red', 'error:')} ${formatProblem(problem)}\n`);
  }
  if (manners.logFormat === 'text') for (const frame of stack) terminal.errorText(`    ${frame}\n`);
}
