import { availableParallelism, totalmem } from 'node:os';

/** The resources of the machine, or of the container of this process. */
export interface Machine {
  /** bytes */
  readonly memory: number;
}

const MIB = 1024 ** 2;
const MOST_MIB = 8 * 1024;

/** A container's memory limit applies where there is one; without one the system reports 0, or more than the machine has. */
export function machine(): Machine {
  const limit = process.constrainedMemory() ?? 0;
  return { memory: limit > 0 ? Math.min(limit, totalmem()) : totalmem() };
}

/** Half of the memory, because the program itself and the page cache need memory too; 8 GiB was enough for every run so far. */
export function defaultMemory({ memory }: Machine): string {
  return `${Math.max(1, Math.min(MOST_MIB, Math.floor(memory / 2 / MIB)))}MiB`;
}

export function defaultThreads(): number {
  return availableParallelism();
}
