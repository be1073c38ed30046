import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { usage } from '../../domain/problem.ts';
import { formatCount, formatSize } from '../../report/format.ts';
import { left, right, textTable } from '../../report/text-table.ts';
import type { SynthSettings, SynthSummary } from '../../synth/synthesise.ts';
import { newCommand, runDateOption } from '../options/shared-options.ts';
import { listenForStop } from '../process/stop-signals.ts';
import type { Terminal } from '../terminal/terminal.ts';

type Synthesise = typeof import('../../synth/synthesise.ts').synthesise;

/** `tallystick synth`: made-up people in the real layouts. */
export function synthCommand(terminal: Terminal) {
  return newCommand('synth', terminal)
    .description('write synthetic extracts of all three care settings, and the truth beside them')
    .requiredOption('--out <dir>', 'folder for the extracts; files of the same names are overwritten')
    .addOption(new Option('--patients <n>', 'how many people').argParser(parseWhole).default(2000))
    .addOption(
      new Option('--seed <n>', 'the same seed gives the same bytes').argParser(parseWhole).default(1),
    )
    .addOption(runDateOption())
    .option('--compress', 'gzip the three large files')
    .action(async ({ out, patients, seed, runDate, compress }) => {
      const { checkSettings, DEFAULT_ERRORS, synthesise } = await import('../../synth/synthesise.ts');
      const settings: SynthSettings = {
        patients,
        seed,
        runDate,
        errors: DEFAULT_ERRORS,
        compress: compress === true ? 'gz' : 'none',
      };
      check(() => checkSettings(settings));
      const summary = await write(terminal, settings, out, synthesise);
      terminal.result({ directory: resolve(out), patients, seed, runDate, ...summary }, () =>
        terminal.manners.quiet ? out : describe(summary, out),
      );
    });
}

/** @throws TallystickError (exit 2) for settings out of range */
function check(checkSettings: () => void): void {
  try {
    checkSettings();
  } catch (fault) {
    if (fault instanceof RangeError) throw usage({ message: fault.message });
    throw fault;
  }
}

async function write(
  terminal: Terminal,
  settings: SynthSettings,
  out: string,
  synthesise: Synthesise,
): Promise<SynthSummary> {
  const stop = listenForStop(() => terminal.warn(`stopping; the files in ${out} are incomplete`));
  const { progress } = terminal;
  let done = 0;
  progress.begin('patients', () => done, settings.patients);
  try {
    return await synthesise(settings, out, (people) => {
      stop.signal.throwIfAborted();
      done = people;
    });
  } finally {
    progress.end();
    stop.close();
  }
}

function describe({ files, extractRows }: SynthSummary, out: string): string {
  const table = textTable(
    [left('file'), right('rows'), right('size')],
    files.map(({ path, rows, bytes }) => [join(out, path), formatCount(rows), formatSize(bytes)]),
  );
  return [...table, `${formatCount(extractRows)} rows of extracts; every person in them is synthetic`].join(
    '\n',
  );
}

/** @throws InvalidArgumentError for anything but a whole number */
function parseWhole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
