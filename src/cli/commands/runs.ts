import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { usage } from '../../domain/problem.ts';
import { pruneReport, runsReport } from '../../report/runs-report.ts';
import { deleteRun } from '../../write/delete-run.ts';
import { listRuns } from '../../write/list-runs.ts';
import { systemProcesses } from '../../write/process-probe.ts';
import { type Retained, retain } from '../../write/retention.ts';
import { RunLock } from '../../write/run-lock.ts';
import { newCommand } from '../options/shared-options.ts';
import { shownPath } from '../options/shown-path.ts';
import { listenForStop } from '../process/stop-signals.ts';
import type { Terminal } from '../terminal/terminal.ts';

const FOLDER = 'folder of a pipeline’s runs, such as out/nightly';

/** `tallystick runs`: lists or prunes the published runs of a pipeline. */
export function runsCommand(terminal: Terminal) {
  return new Command('runs')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .description('list the published runs of a pipeline, or delete old ones')
    .helpOption('--help', 'show how to use this command')
    .addCommand(listCommand(terminal))
    .addCommand(pruneCommand(terminal));
}

function listCommand(terminal: Terminal) {
  return newCommand('list', terminal)
    .description('list published runs, the latest last')
    .argument('<folder>', FOLDER)
    .action(async (folder) => {
      checkFolder(folder);
      const listed = await listRuns(folder);
      terminal.result({ folder, ...listed }, () => runsReport(shownPath(folder), listed));
    });
}

function pruneCommand(terminal: Terminal) {
  return newCommand('prune', terminal)
    .description('delete published runs that no keep option keeps; never the latest')
    .argument('<folder>', FOLDER)
    .addOption(
      new Option('--keep-daily <n>', 'keep the last run of each of the last n days that have one').argParser(
        parseKeep,
      ),
    )
    .addOption(
      new Option(
        '--keep-monthly <n>',
        'keep the last run of each of the last n months that have one',
      ).argParser(parseKeep),
    )
    .option('--with-link-maps', 'also delete runs whose link map is kept, and the map with each')
    .option('--dry-run', 'delete nothing, and show what would be deleted')
    .action(async (folder, { keepDaily, keepMonthly, withLinkMaps = false, dryRun = false }) => {
      if (keepDaily === undefined && keepMonthly === undefined) {
        throw usage({
          message: 'there is no option that says which runs to keep',
          wayOut: 'give --keep-daily N, --keep-monthly N or both; --dry-run shows what they do',
        });
      }
      checkFolder(folder);
      const keep = { daily: keepDaily ?? 0, monthly: keepMonthly ?? 0, withLinkMaps };
      const { others, retained } = dryRun
        ? await choose(folder, keep)
        : await insideLockOf(folder, terminal, async (signal) => {
            const chosen = await choose(folder, keep);
            for (const { run, keptFor } of chosen.retained) {
              signal.throwIfAborted();
              if (keptFor.length === 0) await deleteRun(folder, run.runId, systemProcesses.owner);
            }
            return chosen;
          });
      for (const name of others) {
        terminal.warn(
          `${shownPath(join(folder, name))} is left alone: no manifest of this version can be read`,
        );
      }
      const value = {
        folder,
        dryRun,
        runs: retained.map(({ run, keptFor }) => ({ ...run, keptFor })),
        others,
      };
      terminal.result(value, () => pruneReport(retained, dryRun));
    });
}

async function choose(
  folder: string,
  keep: Parameters<typeof retain>[1],
): Promise<{ readonly others: readonly string[]; readonly retained: readonly Retained[] }> {
  const { runs, others } = await listRuns(folder);
  return { others, retained: retain(runs, keep) };
}

/** Does work under the lock, while no run is publishing. @throws WriteError `locked` when one is */
async function insideLockOf<T>(
  folder: string,
  terminal: Terminal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = listenForStop(() => terminal.warn('stopping; runs that are already deleted stay deleted'));
  try {
    const notice = (message: string) => terminal.warn(message);
    const lock = await RunLock.take(join(folder, '.lock'), { notice, signal: stop.signal });
    try {
      return await work(stop.signal);
    } finally {
      await lock.release();
    }
  } finally {
    stop.close();
  }
}

/** @throws TallystickError (exit 2) for anything but a folder */
function checkFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw usage({ file: folder, message: 'there is no folder here', wayOut: `name the ${FOLDER}` });
}

/** @throws InvalidArgumentError for anything but a whole number from 1 */
function parseKeep(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}
