import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What can be known of processes from here. Handed in, so that a test can play a dead one. */
export interface ProcessProbe {
  /** drawn at random when the process began: no other process, on whatever host, has it */
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /**
   * The kernel that has been running since one boot, and the namespaces in which it gives processes their numbers and their
   * ages; null where the system does not say. Two containers may have one host name and both be process 1: only within
   * one scope does a pid mean the same process.
   */
  readonly scope: string | null;
  isAlive(pid: number): boolean;
  /**
   * Something that tells a process of this scope from a later one with the same pid, or null where the system does not say.
   * In a container the pid is the same few numbers every night.
   */
  birthMark(pid: number): string | null;
}

/** The processes of this host, as far as this process can see them. */
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
      // proc(5): field 22 is the start in clock ticks since boot. Field 2 is a name in brackets and may hold spaces, so
      // count from the last bracket: what follows it is field 3.
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3] ?? null;
    } catch {
      return null; // no such process, or no /proc
    }
  },
};

/**
 * The number of a namespace is given again once its last process has ended. That does no harm: whoever was in it is then
 * dead, and no process of the new one has the birth mark.
 */
function readScope(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // A /proc of another pid namespace would answer for the wrong processes.
    if (readlinkSync('/proc/self') !== String(process.pid)) return null;
    return [boot, readlinkSync('/proc/self/ns/pid'), readlinkSync('/proc/self/ns/time')].join(' ');
  } catch {
    return null; // not Linux, or /proc is hidden: nothing can be proved
  }
}
