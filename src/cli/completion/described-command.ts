import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';

/** The description of an option, for shells. */
export interface DescribedOption {
  readonly flag: string;
  readonly about: string;
  /** its possible values; null where it takes none */
  readonly value: 'folder' | 'anything' | readonly string[] | null;
}

/** The description of a command, for shells. */
export interface DescribedCommand {
  readonly name: string;
  readonly about: string;
  readonly options: readonly DescribedOption[];
  /** its argument, or its subcommands; null where it has none */
  readonly argument: 'path' | readonly string[] | null;
}

/** Reads the commands from the program itself, so that completion is always up to date. */
export function describeCommands(program: CommandUnknownOpts): DescribedCommand[] {
  return program.commands.map((command) => {
    const [argument] = command.registeredArguments;
    const below = command.commands;
    const options = new Map(
      [command, ...below].flatMap((one) => one.options.map((option) => [option.long, option])),
    );
    return {
      name: command.name(),
      about: command.description(),
      options: [
        ...[...options.values()].map(describeOption),
        { flag: '--help', about: 'show how to use this command', value: null },
      ],
      argument:
        below.length > 0
          ? below.map((one) => one.name())
          : argument === undefined
            ? null
            : (argument.argChoices ?? 'path'),
    };
  });
}

function describeOption(option: Option): DescribedOption {
  const takesValue = option.required || option.optional;
  return {
    flag: option.long!,
    about: option.description,
    value: takesValue
      ? (option.argChoices ?? (option.flags.includes('<dir>') ? 'folder' : 'anything'))
      : null,
  };
}
