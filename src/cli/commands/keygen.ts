import { resolve } from 'node:path';
import { generateKeyFile } from '../../keys/generate-key-file.ts';
import { newCommand } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick keygen`: a new key file. */
export function keygenCommand(terminal: Terminal) {
  return newCommand('keygen', terminal)
    .description('make a new key file: 32 random bytes that only you can read; never overwrites')
    .argument('<file>', 'where to write the key')
    .action((file) => {
      const keyId = generateKeyFile(file);
      terminal.result({ file: resolve(file), keyId }, () =>
        terminal.manners.quiet
          ? keyId
          : `${file}: a new key, key id ${keyId}\nKeep a copy somewhere safe: without it, no run can be joined to an earlier one.`,
      );
    });
}
