import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** What can be known of a process on this host. Handed in, so that a test can play a dead one. */
export interface ProcessProbe {
  readonly host: string;
  readonly pid: number;
  isAlive(pid: number): boolean;
  /**
   * Something that tells this process from a later one with the same pid, or null where the system does not say. In a
   * container the pid is the same few numbers every night, so the pid alone proves nothing.
   */
  birthMark(pid: number): string | null;
}

/** The processes of this host. */
export const systemProcesses: ProcessProbe = {
  host: hostname(),
  pid: process.pid,

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
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // proc(5): field 22 is the start in clock ticks since boot. Field 2 is a name in brackets and may hold spaces, so
      // count from the last bracket: what follows it is field 3.
      const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
      return ticks === undefined ? null : `${boot}/${ticks}`;
    } catch {
      return null;
    }
  },
};
