import { statSync } from 'node:fs';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { usage } from '../../domain/problem.ts';
import { readManifest, readRecord, runFolders } from '../../write/read-run.ts';
import { describeArrow } from '../inspect/describe-arrow.ts';
import { describeRun } from '../inspect/describe-run.ts';
import { newCommand } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Enough rows to see their form; for more, use another tool. */
const MOST_ROWS = 100;

/** `tallystick inspect`: describes an Arrow file or a published run. */
export function inspectCommand(terminal: Terminal) {
  return newCommand('inspect', terminal)
    .description('describe an Arrow file or a published run, without showing data of any person')
    .argument('<path>', 'an Arrow file, or the folder of a published run or of its release')
    .addOption(
      new Option('--rows <n>', 'also print the first n rows of an Arrow file: these are about people')
        .argParser(parseRows)
        .default(0),
    )
    .action(async (path, { rows }) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined) throw usage({ file: path, message: 'there is nothing here' });
      if (stat.isDirectory()) {
        const { release, operator } = runFolders(path);
        const manifest = readManifest(release);
        const record = operator === null ? null : readRecord(operator);
        terminal.result({ directory: path, manifest, record }, () => describeRun(path, manifest, record));
        return;
      }
      const { inspectArrow } = await import('../inspect/inspect-arrow.ts');
      const summary = await inspectArrow(path, rows);
      terminal.result(summary, () => describeArrow(summary));
    });
}

/** @throws InvalidArgumentError for anything but a small whole number */
function parseRows(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > MOST_ROWS) {
    throw new InvalidArgumentError(`It must be a whole number up to ${MOST_ROWS}.`);
  }
  return Number(text);
}
