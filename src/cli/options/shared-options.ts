import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { LOG_FORMATS, LOG_LEVELS } from '../terminal/manners.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { defaultMemory, defaultThreads, machine } from './machine.ts';

/** The settings of a run that depend on the machine and the date. */
export interface EngineOptions {
  readonly runDate: string;
  readonly threads: number;
  readonly memory: string;
}

/** A command with the options that every command has. They take effect before its action. */
export function newCommand(name: string, terminal: Terminal) {
  return new Command(name)
    .exitOverride()
    .configureOutput({ outputError: () => undefined }) // usage errors are reported like all others
    .helpOption('--help', 'show how to use this command')
    .option('--json', 'print one JSON object on stdout, also for failures')
    .option('--quiet', 'print only warnings and errors on stderr')
    .addOption(
      new Option('--log-format <format>', 'format of the log on stderr')
        .choices(LOG_FORMATS)
        .default('text' as const),
    )
    .addOption(
      new Option('--log-level <level>', 'the least important lines to log')
        .choices(LOG_LEVELS)
        .default('info' as const),
    )
    .hook('preAction', (command) => {
      const { json = false, quiet = false, logFormat, logLevel } = command.opts();
      terminal.configure({ json, quiet, logFormat, logLevel });
    });
}

export function threadsOption() {
  return new Option('--threads <n>', 'threads of the engine')
    .argParser(parseThreads)
    .default(defaultThreads(), 'one for each core');
}

export function memoryOption() {
  return new Option('--memory <size>', 'memory limit of the engine, such as 4GiB')
    .argParser(parseMemory)
    .default(defaultMemory(machine()), 'half of the machine, at most 8GiB');
}

export function runDateOption() {
  return new Option(
    '--run-date <date>',
    'YYYY-MM-DD: decides opt-outs, the age of lists, and what is in the future',
  )
    .argParser(parseDate)
    .default(today(), 'today, UTC');
}

export function outOption() {
  return new Option('--out <dir>', 'folder in which runs are published').default('./out');
}

export function setLatestOption() {
  return new Option(
    '--set-latest',
    'let `latest` point at this run, even if it points at one of a later run date',
  );
}

export function workOption() {
  return new Option('--work <dir>', 'folder for the private work folder (default: the output folder)');
}

/** Collects the values of an option that may be given more than once. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** @throws InvalidArgumentError for anything but a whole number from 1 */
function parseThreads(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

/** @throws InvalidArgumentError for anything but a number with a unit */
function parseMemory(text: string): string {
  if (!/^\d+(\.\d+)?\s*[KMGT]i?B$/i.test(text) || Number.parseFloat(text) === 0) {
    throw new InvalidArgumentError('It must be a size such as 512MiB or 4GiB.');
  }
  return text;
}

/** @throws InvalidArgumentError for anything but a day of the calendar */
export function parseDate(text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  // 30 February is parsed as 2 March: only a real date is unchanged.
  if (day === null || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text) {
    throw new InvalidArgumentError('It must be a date of the calendar, YYYY-MM-DD.');
  }
  return text;
}

/** Today in UTC, as a run date. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
