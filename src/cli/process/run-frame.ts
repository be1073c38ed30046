import { join, resolve } from 'node:path';
import type { ReleaseDestination } from '../../linker/link-and-release.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { makeHome } from '../../write/partial-run.ts';
import { REFUSAL_FILE } from '../../write/refusal-file.ts';
import { RunLock } from '../../write/run-lock.ts';
import { waysOutOfMemory } from '../doctor/look-at-debugging.ts';
import type { EngineOptions } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { leavingRefusal } from './leave-refusal.ts';
import { listenForStop } from './stop-signals.ts';
import { makeWorkFolder } from './work-folder.ts';

/**
 * The frame of all work on data: signals, a private work folder, progress and log. The work folder is removed afterwards in any
 * case.
 *
 * @param parent the folder in which the work folder is made
 * @throws TallystickError (exit 130) after a signal, regardless of the error of the stopped work
 */
export async function insideWorkFolder<T>(
  terminal: Terminal,
  parent: string,
  options: EngineOptions,
  work: (settings: RunSettings) => Promise<T>,
): Promise<T> {
  const ways = waysOutOfMemory(process.env['NODE_OPTIONS'] ?? '', process.execArgv);
  if (ways.length > 0) {
    terminal.warn(`options of Node make it ${ways.join(', ')}: this may reveal keys and identifiers`);
  }
  const stop = listenForStop(() => terminal.warn('stopping; nothing will be published'));
  const { progress } = terminal;
  let remove = () => {};
  try {
    const folder = makeWorkFolder(parent, (message) => terminal.warn(message));
    remove = () => folder.remove();
    process.on('exit', remove); // for an end of the process that bypasses the code below
    return await work({
      runDate: options.runDate,
      threads: options.threads,
      memory: options.memory,
      privateDirectory: folder.path,
      progress,
      log: (event) => terminal.log.event(event),
      signal: stop.signal,
    });
  } catch (fault) {
    throw stop.signal.aborted ? stop.signal.reason : fault;
  } finally {
    progress.end();
    remove();
    process.off('exit', remove);
    stop.close();
  }
}

/** Options of the commands that publish. */
export interface PublishOptions extends EngineOptions {
  readonly out: string;
  readonly work?: string | undefined;
  readonly setLatest?: boolean | undefined;
}

/**
 * The same for work that publishes: the lock of `OUT/<name>` is taken before anything is read and released at the end. A
 * refusal writes its file there.
 *
 * @throws WriteError `locked` when another run holds it
 */
export function insideLock<T>(
  terminal: Terminal,
  { name, canaries }: Pick<Pipeline, 'name' | 'canaries'>,
  options: PublishOptions,
  work: (settings: RunSettings, destination: ReleaseDestination) => Promise<T>,
): Promise<T> {
  const out = resolve(options.out);
  const home = join(out, name);
  return insideWorkFolder(terminal, options.work ?? out, options, async (settings) => {
    await makeHome(home);
    const lock = await RunLock.take(join(home, '.lock'), {
      notice: (message) => terminal.warn(message),
      signal: settings.signal,
    });
    try {
      const run = { name, canaries, date: options.runDate };
      const destination = {
        out,
        lock,
        setLatest: options.setLatest === true,
        logged: () => terminal.log.lines,
      };
      return await leavingRefusal(terminal, join(home, REFUSAL_FILE), run, () => work(settings, destination));
    } finally {
      await lock.release();
    }
  });
}
