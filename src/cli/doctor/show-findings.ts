import { EXIT, type ExitCode } from '../../domain/problem.ts';
import { left, textTable } from '../../report/text-table.ts';
import type { DeliveryFinding } from '../../run/check/delivery-finding.ts';
import { FailedCheck } from '../exit.ts';
import type { Paint } from '../terminal/paint.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { MachineFinding } from './finding.ts';

/** In the order in which a run meets them: pipeline file, then keys and environment, then data. */
const FIRST_MET: readonly ExitCode[] = [EXIT.usage, EXIT.environment, EXIT.refused];

/**
 * Prints the findings, one on each line. A failed check of the machine is a fault of the environment.
 *
 * @throws FailedCheck with every fault; its exit code is that of the first that a run would meet
 */
export function showFindings(
  terminal: Terminal,
  findings: readonly (MachineFinding | DeliveryFinding)[],
): void {
  const faults = findings
    .filter(({ verdict }) => verdict === 'failed')
    .map((fault): DeliveryFinding => ({ exitCode: EXIT.environment, ...fault }));
  const value = { healthy: faults.length === 0, findings };
  const shown = terminal.manners.quiet ? findings.filter(({ verdict }) => verdict !== 'ok') : findings;
  const text = describe(shown, terminal.paint);
  if (faults.length === 0) {
    terminal.result(value, () => text);
    return;
  }
  const problems = faults.flatMap(
    ({ what, found, wayOut, problems }) =>
      problems ?? [{ message: `${what}: ${found}`, ...(wayOut === undefined ? {} : { wayOut }) }],
  );
  const code = FIRST_MET.find((one) => faults.some(({ exitCode }) => exitCode === one));
  throw new FailedCheck(code ?? faults[0]!.exitCode!, problems, { value, text });
}

function describe(findings: readonly (MachineFinding | DeliveryFinding)[], paint: Paint): string {
  const colours = { ok: 'green', warning: 'yellow', failed: 'red' } as const;
  const [, ...lines] = textTable(
    [left(''), left(''), left('')],
    findings.map(({ what, verdict, found }) => [verdict, what, found]),
  );
  return lines
    .flatMap((line, index) => {
      const { verdict, wayOut } = findings[index]!;
      const text = paint(colours[verdict], verdict) + line.slice(verdict.length);
      return wayOut === undefined ? [text] : [text, `    ${wayOut}`];
    })
    .join('\n');
}
