import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import type { PublishedRunToCompare } from '../../compare/diff/diff-runs.ts';
import { diffReport } from '../../report/diff-report.ts';
import { readRun } from '../../write/read-run.ts';
import { memoryOption, newCommand, threadsOption } from '../options/shared-options.ts';
import { insideWorkFolder } from '../process/run-frame.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick diff`: two published runs compared: the releases, and person by person, on pseudonyms only. */
export function diffCommand(terminal: Terminal) {
  return newCommand('diff', terminal)
    .description(
      'say what differs between two releases, and which persons are new, gone, split, merged or moved, and why',
    )
    .argument(
      '<run-a>',
      'folder of a published run, or its folder release; persons are compared if both kept their link map',
    )
    .argument('<run-b>', 'folder of a later one')
    .option('--list <file>', 'also write the persons as CSV, pseudonyms only; the file must not exist yet')
    .addOption(new Option('--work <dir>', 'folder for the private work folder').default('.'))
    .addOption(threadsOption())
    .addOption(memoryOption())
    .action(async (runA, runB, { list, work, threads, memory }) => {
      const [a, b] = [readForDiff(runA), readForDiff(runB)];
      const { diffRuns } = await import('../../compare/diff/diff-runs.ts');
      // No decision depends on the date here: each run has its own.
      const machine = { threads, memory, runDate: b.manifest.run.date };
      const difference = await insideWorkFolder(terminal, work, machine, (settings) =>
        diffRuns(a, b, list === undefined ? null : resolve(list), settings),
      );
      terminal.result(difference, () => diffReport(difference));
    });
}

function readForDiff(directory: string): PublishedRunToCompare {
  return { directory, ...readRun(directory) };
}
