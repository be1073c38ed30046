import { availableParallelism, totalmem } from 'node:os';

/** What the machine, or the container the process is in, has to offer. */
export interface Machine {
  /** bytes */
  readonly memory: number;
}

const MIB = 1024 ** 2;
const MOST_MIB = 8 * 1024;

/** A container's limit counts where there is one; without one the system reports nothing, or more than there is. */
export function machine(): Machine {
  const limit = process.constrainedMemory() ?? 0;
  return { memory: limit > 0 ? Math.min(limit, totalmem()) : totalmem() };
}

/** Half of the memory, for the program itself and the page cache need room too; 8 GiB is enough for any run so far. */
export function defaultMemory({ memory }: Machine): string {
  return `${Math.max(1, Math.min(MOST_MIB, Math.floor(memory / 2 / MIB)))}MiB`;
}

export function defaultThreads(): number {
  return availableParallelism();
}
