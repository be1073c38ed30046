import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and the missing folders above it, each never wider than the umask allows.
 *
 * Node's own `recursive` tries again for ever where the system denies a folder with ENOENT though its parent exists, as in /proc.
 *
 * @throws the system's error, for the folder that cannot be made; EEXIST where something else has the name
 */
export function makeFolders(path: string, mode: number): void {
  const missing: string[] = [];
  let at = resolve(path);
  for (; !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const one of missing) {
    try {
      mkdirSync(one, { mode });
    } catch (fault) {
      if (!existsSync(one)) throw fault; // another process may have made it meanwhile
    }
  }
  mkdirSync(path, { recursive: true, mode }); // it is there by now: refuses what is no folder
}
