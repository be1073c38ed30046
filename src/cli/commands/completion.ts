import { Argument, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { bashScript } from '../completion/bash-script.ts';
import { describeCommands } from '../completion/described-command.ts';
import { fishScript } from '../completion/fish-script.ts';
import { zshScript } from '../completion/zsh-script.ts';
import { newCommand } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** `tallystick completion`: a script that lets a shell complete commands and options. */
export function completionCommand(terminal: Terminal, program: () => CommandUnknownOpts) {
  return newCommand('completion', terminal)
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action((shell) => {
      const script = SCRIPTS[shell](describeCommands(program()));
      terminal.result({ shell, script }, () => script);
    });
}
