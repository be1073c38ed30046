import { Command } from '@commander-js/extra-typings';
import type { Terminal } from '../terminal/terminal.ts';
import { acceptCommand } from './opt-out/accept.ts';
import { requestCommand } from './opt-out/request.ts';
import { requestsCommand } from './opt-out/requests.ts';

/** `tallystick opt-out`: everything about who has opted out, outside a run. */
export function optOutCommand(terminal: Terminal) {
  return new Command('opt-out')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .description('ask the national service who has opted out, and record its answers')
    .helpOption('--help', 'show how to use this command')
    .addCommand(requestCommand(terminal))
    .addCommand(acceptCommand(terminal))
    .addCommand(requestsCommand(terminal));
}
