import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { addCommands, type Commands } from '../commands-on-demand.ts';
import { refuseNumbers } from '../options/refuse-numbers.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * `tallystick opt-out`: everything about who has opted out, outside a run.
 *
 * @param args the arguments after `opt-out`
 * @throws TallystickError (exit 2) where one of them is an NHS number
 */
export async function optOutCommand(
  terminal: Terminal,
  args: readonly string[],
): Promise<CommandUnknownOpts> {
  refuseNumbers(args);
  const group: CommandUnknownOpts = new Command('opt-out')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .description('record, look up and check who has opted out')
    .helpOption('--help', 'show how to use this command');
  const commands: Commands = {
    register: async () => (await import('./opt-out/register.ts')).registerCommand(terminal),
    withdraw: async () => (await import('./opt-out/withdraw.ts')).withdrawCommand(terminal),
    status: async () => (await import('./opt-out/status.ts')).statusCommand(terminal),
    history: async () => (await import('./opt-out/history.ts')).historyCommand(terminal),
    import: async () => (await import('./opt-out/import.ts')).importCommand(terminal),
    export: async () => (await import('./opt-out/export.ts')).exportCommand(terminal),
    verify: async () => (await import('./opt-out/verify.ts')).verifyRegisterCommand(terminal),
    request: async () => (await import('./opt-out/request.ts')).requestCommand(terminal),
    accept: async () => (await import('./opt-out/accept.ts')).acceptCommand(terminal),
    requests: async () => (await import('./opt-out/requests.ts')).requestsCommand(terminal),
    reconcile: async () => (await import('./opt-out/reconcile.ts')).reconcileCommand(terminal),
    recall: async () => (await import('./opt-out/recall.ts')).recallCommand(terminal),
    erase: async () => (await import('./opt-out/erase.ts')).eraseCommand(terminal),
  };
  await addCommands(group, commands, args);
  return group;
}
