import { readFileSync, writeFileSync } from 'node:fs';

/*
 * Loaded into a measured process before its program (`node --import`). When the process ends it writes the resource usage
 * that the operating system reports to the file named by TALLYSTICK_BENCH_USAGE.
 */

/** The resources that a process used. */
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
 * Linux's own high-water mark of this address space. `maxRSS` would do, but a child inherits its parent's at fork, and the
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
