import { join } from 'node:path';
import type { RunResult } from '../../linker/result.ts';
import { runReport } from '../../report/run-report.ts';
import {
  acceptanceOf,
  acceptChangeOption,
  acceptNewKeyOption,
  newBaselineOption,
} from '../options/acceptance-options.ts';
import { makeDemoKeys } from '../options/demo-keys.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import {
  memoryOption,
  newCommand,
  outOption,
  runDateOption,
  setLatestOption,
  threadsOption,
  workOption,
} from '../options/shared-options.ts';
import { shownPath } from '../options/shown-path.ts';
import { insideLock } from '../process/run-frame.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick run`: extracts in, de-identified Arrow out. */
export function runCommand(terminal: Terminal) {
  return newCommand('run', terminal)
    .description('read the extracts, link them by tokens, and publish de-identified Arrow files')
    .argument('<file>', 'pipeline file')
    .addOption(outOption())
    .addOption(runDateOption())
    .addOption(setLatestOption())
    .addOption(workOption())
    .addOption(threadsOption())
    .addOption(memoryOption())
    .addOption(acceptChangeOption())
    .addOption(acceptNewKeyOption())
    .addOption(newBaselineOption())
    .option('--demo-keys', 'make throw-away keys where there are none; synthetic pipelines only')
    .action(async (file, options) => {
      const pipeline = loadPipeline(file, options.runDate);
      const acceptance = acceptanceOf(options);
      const { runPipeline } = await import('../../run/run-pipeline.ts');
      const { startProvider } = await import('../../run/start-provider.ts');
      if (options.demoKeys === true) makeDemoKeys(pipeline, file, (message) => terminal.warn(message));
      const result = await insideLock(terminal, pipeline, options, (settings, destination) =>
        runPipeline(pipeline, { ...destination, acceptance }, settings, startProvider),
      );
      showRun(terminal, result);
    });
}

/** The report that `run` and `link` print at the end. */
export function showRun(terminal: Terminal, result: RunResult): void {
  const latest = join(result.directory, '..', 'latest');
  if (result.latest.runId !== result.runId) {
    const { runId, runDate } = result.latest;
    terminal.warn(
      `published, and ${shownPath(latest)} still points at run ${runId} of ${runDate}, which is later; --set-latest lets it point at this run`,
    );
  }
  terminal.result(result, () =>
    terminal.manners.quiet
      ? result.directory
      : runReport(result, shownPath(result.directory), shownPath(latest)),
  );
}
