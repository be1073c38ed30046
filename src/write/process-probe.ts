import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Information about processes. Passed as a parameter, so that a test can simulate a dead process. */
export interface ProcessProbe {
  /** random, made when the process began: no other process on any host has it */
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /**
   * The running kernel since its boot, and the namespaces in which processes have their ids and their
   * ages; null where the system does not provide them. Two containers may have one host name and both be process 1: only within
   * one scope does a pid mean the same process.
   */
  readonly scope: string | null;
  isAlive(pid: number): boolean;
  /**
   * Distinguishes a process of this scope from a later one with the same pid; null where the system does not provide it.
   * In a container, pids are the same few numbers every night.
   */
  birthMark(pid: number): string | null;
}

/** The processes of this host, as far as they are visible to this process. */
export const systemProcesses: ProcessProbe = {
  owner: randomBytes(8).toString('hex'),
  host: hostname(),
  pid: process.pid,
  scope: readScope(),

  isAlive(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // EPERM: alive, and another user's.
      return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
  },

  birthMark(pid) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // proc(5): field 22 is the start in clock ticks since boot. Field 2 is a name in brackets and may contain spaces, so
      // fields are counted from the last bracket: field 3 follows it.
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3] ?? null;
    } catch {
      return null; // no such process, or no /proc
    }
  },
};

/**
 * The number of a namespace is reused once its last process has ended. That does no harm: its processes are then dead, and no
 * process of the new namespace has the same birth mark.
 */
function readScope(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The /proc of another pid namespace shows the wrong processes.
    if (readlinkSync('/proc/self') !== String(process.pid)) return null;
    return [boot, readlinkSync('/proc/self/ns/pid'), readlinkSync('/proc/self/ns/time')].join(' ');
  } catch {
    return null; // not Linux, or /proc is hidden: nothing can be proved
  }
}
