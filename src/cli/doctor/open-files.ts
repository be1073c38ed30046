import { readFileSync } from 'node:fs';
import type { MachineFinding } from './finding.ts';

/** A run has about 100 files open at once, one more for each table, and 4 for each thread; loading the program opens about 150. 16 threads were tried. */
const LEAST_OPEN_FILES = 256;

/** Checks the limit of open files of this process; no finding where the system does not report it as Linux does. */
export function lookAtOpenFiles(limits: string | null = readLimits()): MachineFinding[] {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? '')?.[1];
  if (soft === undefined) return [];
  const isEnough = soft === 'unlimited' || Number(soft) >= LEAST_OPEN_FILES;
  return [
    {
      what: 'open files',
      found: `${soft} at once${isEnough ? '' : `; a run may need ${LEAST_OPEN_FILES}`}`,
      ...(isEnough
        ? { verdict: 'ok' }
        : { verdict: 'warning', wayOut: 'raise the limit: ulimit -n, or LimitNOFILE= in systemd' }),
    },
  ];
}

function readLimits(): string | null {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return null;
  }
}
