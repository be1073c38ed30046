import { newCommand } from '../../options/shared-options.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { byOption, documentOption, fromOption, recordOptOut, typeOption } from './record.ts';

/** `tallystick opt-out register`: records that somebody opts out. */
export function registerCommand(terminal: Terminal) {
  return newCommand('register', terminal)
    .description('record that a person opts out; the NHS number comes from stdin, or is asked for')
    .argument('<file>', 'pipeline file')
    .addOption(typeOption().makeOptionMandatory())
    .addOption(fromOption())
    .addOption(byOption())
    .addOption(documentOption())
    .action(async (file, { type, from, by, document }) => {
      await recordOptOut(terminal, file, 'registered', { type, from, by, document, anyway: false });
    });
}
