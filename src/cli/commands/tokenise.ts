import { rename, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { environment, usage } from '../../domain/problem.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { storeReport } from '../../report/store-report.ts';
import { REFUSAL_FILE } from '../../write/refusal-file.ts';
import { asWriteError, systemErrorCode } from '../../write/write-error.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import {
  collect,
  memoryOption,
  newCommand,
  runDateOption,
  threadsOption,
} from '../options/shared-options.ts';
import { shownPath } from '../options/shown-path.ts';
import { leavingRefusal } from '../process/leave-refusal.ts';
import { insideWorkFolder } from '../process/run-frame.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick tokenise`: the provider's part of a run, up to the identity boundary. */
export function tokeniseCommand(terminal: Terminal) {
  return newCommand('tokenise', terminal)
    .description(
      'turn extracts into a token store, in which no identifier is left; needs the linkage key only',
    )
    .argument('<file>', 'pipeline file')
    .requiredOption('--store <dir>', 'folder of the new token store; must be empty or not exist')
    .addOption(
      new Option(
        '--source <name>',
        'tokenise this source only; may be given more than once (default: all)',
      ).argParser(collect),
    )
    .addOption(runDateOption())
    .addOption(threadsOption())
    .addOption(memoryOption())
    .action(async (file, options) => {
      const pipeline = loadPipeline(file, options.runDate, 'release');
      const only = options.source ?? null;
      checkSources(pipeline, file, only ?? []);
      const directory = resolve(options.store);
      const { fillStore } = await import('../../provider/fill-store.ts');
      const store = await insideWorkFolder(terminal, dirname(directory), options, async (settings) => {
        await clearPlace(directory);
        const run = { ...pipeline, date: settings.runDate };
        return await leavingRefusal(terminal, `${directory}.${REFUSAL_FILE}`, run, async () => {
          const partial = join(settings.privateDirectory, 'store');
          const filled = await fillStore(pipeline, only, partial, settings, () => terminal.log.lines);
          settings.signal.throwIfAborted();
          await moveIn(partial, directory);
          return filled;
        });
      });
      terminal.result({ ...store, directory }, () =>
        terminal.manners.quiet ? directory : storeReport(store, shownPath(directory)),
      );
    });
}

/** @throws TallystickError (exit 2) naming every source that is not in the pipeline */
function checkSources(pipeline: Pipeline, file: string, names: readonly string[]): void {
  const known = pipeline.sources.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw usage(
    ...unknown.map((name) => ({
      file,
      message: `there is no source ${name}`,
      wayOut: `there are ${known.join(', ')}`,
    })),
  );
}

/** Removes an empty folder; an existing store is never touched. */
async function clearPlace(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (fault) {
    const code = systemErrorCode(fault);
    if (code === 'ENOENT') return;
    throw code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR'
      ? alreadyThere(directory)
      : asWriteError(directory, fault);
  }
}

/** One rename: a store is complete, or does not exist. */
async function moveIn(partial: string, directory: string): Promise<void> {
  try {
    await rename(partial, directory);
  } catch (fault) {
    const code = systemErrorCode(fault);
    throw code === 'ENOTEMPTY' || code === 'EEXIST'
      ? alreadyThere(directory)
      : asWriteError(directory, fault);
  }
}

function alreadyThere(directory: string): Error {
  return environment({
    file: directory,
    message: 'something is there already',
    wayOut: 'a token store is never overwritten: remove it, or choose another folder with --store',
  });
}
