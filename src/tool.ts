import { readFileSync } from 'node:fs';

/** The program's name, in outputs and messages. */
export const TOOL = 'tallystick';

let version: string | undefined;

/** The program's version, from its package file; it goes into every output. */
export function toolVersion(): string {
  version ??= (
    JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  ).version;
  return version;
}
