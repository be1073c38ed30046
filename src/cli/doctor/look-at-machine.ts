import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { formatSize } from '../../report/format.ts';
import { defaultMemory, defaultThreads, machine } from '../options/machine.ts';
import type { MachineFinding } from './finding.ts';

/** With less than this, no real run is possible. */
const LEAST_SPACE = 1024 ** 3;
const LEAST_MEMORY = 1024 ** 3;

/** Memory and processors. */
export function lookAtResources(): MachineFinding[] {
  const { memory } = machine();
  const isLittle = memory < LEAST_MEMORY;
  return [
    {
      what: 'memory',
      verdict: isLittle ? 'warning' : 'ok',
      found: `${formatSize(memory)}; --memory is ${defaultMemory({ memory })} unless you say otherwise`,
    },
    { what: 'threads', verdict: 'ok', found: String(defaultThreads()) },
  ];
}

/**
 * Free disk space for the work folder.
 *
 * @param folder `--work` or `--out`; if it does not exist, the nearest enclosing folder that exists
 * @param needed bytes of the extracts (the token store takes somewhat less); null where unknown
 */
export function lookAtSpace(folder: string, needed: number | null): MachineFinding {
  const place = nearestFolder(resolve(folder));
  const { bavail, bsize } = statfsSync(place);
  const free = bavail * bsize;
  const least = needed ?? LEAST_SPACE;
  return {
    what: 'work space',
    found: `${formatSize(free)} free in ${place}${needed === null ? '' : `; the extracts take ${formatSize(needed)}`}`,
    ...(free < least
      ? { verdict: 'warning', wayOut: 'choose a larger disk with --work and --out' }
      : { verdict: 'ok' }),
  };
}

/** Checks that a file could be made in a folder, without making one. */
export function lookAtRights(what: 'work folder' | 'output folder', folder: string): MachineFinding {
  const place = nearestFolder(resolve(folder));
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    return { what, verdict: 'ok', found: `${place} can be written to` };
  } catch {
    return cannotBeMade(what, place);
  }
}

/** Checks the work folder: free space, and permissions, for which one is made and removed. */
export function lookAtWorkPlace(folder: string, needed: number | null): MachineFinding[] {
  const place = nearestFolder(resolve(folder));
  const space = lookAtSpace(folder, needed);
  let trial: string;
  try {
    trial = mkdtempSync(join(place, '.tallystick-doctor-'));
  } catch {
    return [space, cannotBeMade('work folder', place)];
  }
  try {
    return [space, lookAtPrivacy(trial)];
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

function cannotBeMade(what: string, place: string): MachineFinding {
  const wayOut = 'choose another with --out and --work';
  return { what, verdict: 'failed', found: `cannot be made in ${place}`, wayOut };
}

function lookAtPrivacy(trial: string): MachineFinding {
  const what = 'work folder';
  return (statSync(trial).mode & 0o077) === 0
    ? { what, verdict: 'ok', found: 'can be made, and is private (0700)' }
    : {
        what,
        verdict: 'failed',
        found: 'is open to others: the file system does not keep permissions',
        wayOut: 'choose a local file system with --work',
      };
}

function nearestFolder(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
