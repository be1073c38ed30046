import { readFileSync, writeFileSync } from 'node:fs';

/*
 * Loaded into a measured process before its program (`node --import`). As the process ends it writes what the operating
 * system has on its account to the file that TALLYSTICK_BENCH_USAGE names.
 */

/** What a process used. */
export interface ProcessUsage {
  /** user and system time of all threads */
  readonly cpuSeconds: number;
  /** most physical memory at any one time */
  readonly peakMemoryBytes: number;
}

const file = process.env['TALLYSTICK_BENCH_USAGE'];
if (file !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const usage: ProcessUsage = {
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      peakMemoryBytes: highWaterMark() ?? maxRSS * 1024,
    };
    writeFileSync(file, JSON.stringify(usage));
  });
}

/**
 * Linux's own high-water mark of this address space. `maxRSS` would do, but a child takes over its parent's at fork, and the
 * bench itself may have been larger.
 */
function highWaterMark(): number | null {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return match === null ? null : Number(match[1]) * 1024;
  } catch {
    return null;
  }
}
