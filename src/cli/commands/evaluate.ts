import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { evaluationReport } from '../../report/evaluation-report.ts';
import { makeDemoKeys } from '../options/demo-keys.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import { memoryOption, newCommand, runDateOption, threadsOption } from '../options/shared-options.ts';
import { insideWorkFolder } from '../process/run-frame.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick evaluate`: compares the linkage of a run with a truth; publishes nothing. */
export function evaluateCommand(terminal: Terminal) {
  return newCommand('evaluate', terminal)
    .description('link the extracts and compare the linkage with a truth file; needs the linkage key only')
    .argument('<file>', 'pipeline file')
    .requiredOption(
      '--truth <file>',
      'CSV of table,record_id,person: the person to whom each record really belongs',
    )
    .addOption(runDateOption())
    .addOption(new Option('--work <dir>', 'folder for the private work folder').default('.'))
    .addOption(threadsOption())
    .addOption(memoryOption())
    .option('--demo-keys', 'make throw-away keys where there are none; synthetic pipelines only')
    .action(async (file, options) => {
      const pipeline = loadPipeline(file, options.runDate, options.demoKeys === true ? undefined : 'release');
      const { evaluateLinkage } = await import('../../compare/evaluate/evaluate-linkage.ts');
      if (options.demoKeys === true) makeDemoKeys(pipeline, file, (message) => terminal.warn(message));
      const truth = { path: resolve(options.truth), shownAs: options.truth };
      const evaluation = await insideWorkFolder(terminal, options.work, options, (settings) =>
        evaluateLinkage(pipeline, truth, settings),
      );
      terminal.result(evaluation, () => evaluationReport(evaluation, options.truth));
    });
}
