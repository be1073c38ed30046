import { EXIT, TallystickError } from '../../domain/problem.ts';
import { type Pipeline, tablesOf } from '../../pipeline/pipeline.ts';
import { left, textTable } from '../../report/text-table.ts';
import type { MachineFinding } from '../doctor/finding.ts';
import { lookAtDebugging } from '../doctor/look-at-debugging.ts';
import { keysOfEnvironment, lookAtKeys } from '../doctor/look-at-keys.ts';
import { FailedCheck } from '../exit.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import { newCommand, outOption, runDateOption, workOption } from '../options/shared-options.ts';
import type { Paint } from '../terminal/paint.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick doctor`: would a run work on this machine? */
export function doctorCommand(terminal: Terminal) {
  return newCommand('doctor', terminal)
    .description(
      'look at this machine: versions, space, memory, keys; with a pipeline file, at what it needs',
    )
    .argument('[file]', 'pipeline file')
    .addOption(outOption())
    .addOption(workOption())
    .addOption(runDateOption())
    .action(async (file, { out, work, runDate }) => {
      const pipeline = file === undefined ? null : loadPipeline(file, runDate);
      const { lookAtSoftware } = await import('../doctor/look-at-software.ts');
      const { lookAtResources, lookAtWorkPlace } = await import('../doctor/look-at-machine.ts');
      const { lookAtOpenFiles } = await import('../doctor/open-files.ts');
      const needed = pipeline === null ? null : await extractBytes(pipeline);
      const findings = [
        ...(await lookAtSoftware()),
        ...lookAtResources(),
        ...lookAtDebugging(
          process.env['NODE_OPTIONS'] ?? '',
          process.execArgv,
          process.allowedNodeEnvironmentFlags.has('--disable-sigusr1'),
        ),
        ...lookAtOpenFiles(),
        ...(await lookAtWorkPlace(work ?? out, needed)),
        ...lookAtKeys(
          pipeline === null
            ? keysOfEnvironment(process.env)
            : [
                { purpose: 'linkage', path: pipeline.keys.linkage },
                { purpose: 'release', path: pipeline.keys.release },
              ],
        ),
      ];
      show(terminal, findings);
    });
}

function show(terminal: Terminal, findings: readonly MachineFinding[]): void {
  const failed = findings.filter(({ verdict }) => verdict === 'failed');
  const value = { healthy: failed.length === 0, findings };
  const shown = terminal.manners.quiet ? findings.filter(({ verdict }) => verdict !== 'ok') : findings;
  const text = describe(shown, terminal.paint);
  if (failed.length === 0) {
    terminal.result(value, () => text);
    return;
  }
  const problems = failed.map(({ what, found, wayOut }) => ({
    message: `${what}: ${found}`,
    ...(wayOut === undefined ? {} : { wayOut }),
  }));
  throw new FailedCheck(EXIT.environment, problems, { value, text });
}

/** Bytes of all extracts that are there; what is missing, the run will say. */
async function extractBytes(pipeline: Pipeline): Promise<number> {
  const { findFiles } = await import('../../extract/find-files.ts');
  let bytes = 0;
  for (const table of tablesOf(pipeline)) {
    try {
      for (const file of findFiles(table)) bytes += file.bytes;
    } catch (fault) {
      if (!(fault instanceof TallystickError)) throw fault;
    }
  }
  return bytes;
}

function describe(findings: readonly MachineFinding[], paint: Paint): string {
  const colours = { ok: 'green', warning: 'yellow', failed: 'red' } as const;
  const [, ...lines] = textTable(
    [left(''), left(''), left('')],
    findings.map(({ what, verdict, found }) => [verdict, what, found]),
  );
  return lines
    .flatMap((line, at) => {
      const { verdict, wayOut } = findings[at]!;
      const text = paint(colours[verdict], verdict) + line.slice(verdict.length);
      return wayOut === undefined ? [text] : [text, `    ${wayOut}`];
    })
    .join('\n');
}
