import { newCommand } from '../../options/shared-options.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { byOption, documentOption, fromOption, recordOptOut, typeOption } from './record.ts';

/** `tallystick opt-out withdraw`: records that somebody ends an opt-out. */
export function withdrawCommand(terminal: Terminal) {
  return newCommand('withdraw', terminal)
    .description(
      'record that a person withdraws an opt-out; the NHS number comes from stdin, or is asked for',
    )
    .argument('<file>', 'pipeline file')
    .addOption(typeOption().makeOptionMandatory())
    .addOption(fromOption())
    .addOption(byOption())
    .addOption(documentOption())
    .option('--record-anyway', 'record it even if no opt-out of this type is in force')
    .action(async (file, { type, from, by, document, recordAnyway = false }) => {
      await recordOptOut(terminal, file, 'withdrawn', { type, from, by, document, anyway: recordAnyway });
    });
}
