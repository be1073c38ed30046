import { join, resolve } from 'node:path';
import { EXIT, formatProblem } from '../../../domain/problem.ts';
import { reconcileReport } from '../../../report/reconcile-report.ts';
import { FailedCheck } from '../../exit.ts';
import { loadPipeline } from '../../options/load-pipeline.ts';
import {
  memoryOption,
  newCommand,
  outOption,
  runDateOption,
  threadsOption,
  workOption,
} from '../../options/shared-options.ts';
import { insideWorkFolder } from '../../process/run-frame.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** `tallystick opt-out reconcile`: compares tonight's opt-outs with earlier nights, before the run. */
export function reconcileCommand(terminal: Terminal) {
  return newCommand('reconcile', terminal)
    .description(
      "compare tonight's opt-outs with earlier nights, by source, type, practice and origin, before the run; publishes nothing",
    )
    .argument('<file>', 'pipeline file')
    .addOption(outOption())
    .addOption(workOption())
    .addOption(runDateOption())
    .addOption(threadsOption())
    .addOption(memoryOption())
    .option(
      '--practices',
      'print every practice, and not only those with fewer opt-outs than on the last night',
    )
    .action(async (file, { out, work, practices = false, ...engine }) => {
      const pipeline = loadPipeline(file, engine.runDate);
      const { reconcileOptOuts } = await import('../../../run/reconcile-opt-outs.ts');
      const home = join(resolve(out), pipeline.name);
      const reconciled = await insideWorkFolder(terminal, work ?? '.', engine, (settings) =>
        reconcileOptOuts(pipeline, home, settings),
      );
      const text = reconcileReport(reconciled, practices);
      const stops = reconciled.findings.filter(({ severity }) => severity === 'stop');
      for (const finding of reconciled.findings) {
        if (finding.severity === 'warn') terminal.warn(formatProblem(finding));
      }
      if (stops.length > 0) {
        const problems = stops.map(({ check: _, severity: __, ...problem }) => problem);
        throw new FailedCheck(EXIT.refused, problems, { value: reconciled, text });
      }
      terminal.result(reconciled, () => text);
    });
}
