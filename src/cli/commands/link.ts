import { join, resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { EXIT } from '../../domain/problem.ts';
import { readStore } from '../../store/token-store.ts';
import { makeHome } from '../../write/partial-run.ts';
import { REFUSAL_FILE } from '../../write/refusal-file.ts';
import { failureOf } from '../exit.ts';
import {
  acceptanceOf,
  acceptChangeOption,
  acceptNewKeyOption,
  newBaselineOption,
} from '../options/acceptance-options.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import {
  collect,
  memoryOption,
  newCommand,
  outOption,
  setLatestOption,
  threadsOption,
  today,
  workOption,
} from '../options/shared-options.ts';
import { leaveRefusal } from '../process/leave-refusal.ts';
import { insideLock } from '../process/run-frame.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { showRun } from './run.ts';

/** `tallystick link`: the second half of a run, from token stores, without the linkage key. */
export function linkCommand(terminal: Terminal) {
  return newCommand('link', terminal)
    .description('link token stores and publish de-identified Arrow files; needs the release key only')
    .argument('<file>', 'pipeline file')
    .addOption(
      new Option('--store <dir>', 'token store made by `tallystick tokenise`; may be given more than once')
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .addOption(outOption())
    .addOption(setLatestOption())
    .addOption(workOption())
    .addOption(threadsOption())
    .addOption(memoryOption())
    .addOption(acceptChangeOption())
    .addOption(acceptNewKeyOption())
    .addOption(newBaselineOption())
    .action(async (file, { store: given, ...options }) => {
      const stores = given.map((store) => resolve(store));
      // The run date is that of the stores: opt-outs and birth dates were judged by it.
      const runDate = await runDateOf(stores[0]!, terminal, file, options.out);
      const pipeline = loadPipeline(file, runDate, 'linkage');
      const acceptance = acceptanceOf(options);
      const { linkStores } = await import('../../linker/link-stores.ts');
      const result = await insideLock(terminal, pipeline, { ...options, runDate }, (settings, destination) =>
        linkStores(pipeline, stores, { ...destination, acceptance }, settings),
      );
      showRun(terminal, result);
    });
}

/** The run date of a store. For a refused store, the refusal file is written where a refused run would write it, if the pipeline has a name. */
async function runDateOf(store: string, terminal: Terminal, file: string, out: string): Promise<string> {
  try {
    return readStore(store).runDate;
  } catch (fault) {
    if (failureOf(fault).exitCode !== EXIT.refused) throw fault;
    const { name, canaries } = loadPipeline(file, today(), 'linkage');
    const home = resolve(out, name);
    await makeHome(home);
    await leaveRefusal(terminal, join(home, REFUSAL_FILE), { name, canaries, date: null }, fault);
    throw fault;
  }
}
