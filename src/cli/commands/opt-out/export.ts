import { existsSync } from 'node:fs';
import { environment } from '../../../domain/problem.ts';
import { exportEvents } from '../../../governance/register/export-events.ts';
import { formatCount } from '../../../report/format.ts';
import { replaceWhole } from '../../../write/whole-file.ts';
import { withRegister } from '../../options/open-register.ts';
import { newCommand } from '../../options/shared-options.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** `tallystick opt-out export`: every event of the register as CSV, with tokens in place of NHS numbers. */
export function exportCommand(terminal: Terminal) {
  return newCommand('export', terminal)
    .description('write every event of the register as CSV, with tokens in place of NHS numbers')
    .argument('<file>', 'pipeline file')
    .requiredOption('--out <csv>', 'the file to write; must not exist')
    .action(async (file, { out }) => {
      await withRegister(terminal, file, async ({ place, notice }) => {
        const { pieces, events, warnings } = exportEvents(place.file, place.key, place.shownAs);
        for (const warning of warnings) notice(warning);
        writeNew(out, Buffer.concat(pieces));
        terminal.result({ file: out, events }, () =>
          terminal.manners.quiet
            ? out
            : `${out}: ${formatCount(events)} events with tokens in place of NHS numbers. A token is still about one person: keep the file as the register`,
        );
      });
    });
}

/** Writes a private file, whole or not at all. @throws TallystickError (exit 3) where it exists */
function writeNew(path: string, bytes: Buffer): void {
  if (existsSync(path)) {
    throw environment({ file: path, message: 'is there already', wayOut: 'choose another name with --out' });
  }
  replaceWhole(path, bytes);
}
