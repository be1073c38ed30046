import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/**
 * Commands by name, each with the import of its code. Loading and linking all of it takes longer than most commands do.
 *
 * @param rest the arguments after the command's name, of which a group takes the name of one of its own
 */
export type Commands = Readonly<Record<string, (rest: readonly string[]) => Promise<CommandUnknownOpts>>>;

/**
 * Adds the commands that a command line needs: the one that it names; or all of them, for help, for completion and for a name that is
 * none of them.
 *
 * @param args the arguments from the command's name on
 * @param whole commands that need all others, such as `completion`
 */
export async function addCommands(
  parent: CommandUnknownOpts,
  commands: Commands,
  args: readonly string[],
  whole: readonly string[] = [],
): Promise<void> {
  const at = args.findIndex((argument) => !argument.startsWith('-'));
  const name = args[at];
  const isOne = name !== undefined && Object.hasOwn(commands, name) && !whole.includes(name);
  const rest = isOne ? args.slice(at + 1) : [];
  for (const load of isOne ? [commands[name]!] : Object.values(commands)) parent.addCommand(await load(rest));
}
