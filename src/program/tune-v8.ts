import { setFlagsFromString } from 'node:v8';

/**
 * Settings of V8 for a program that works for seconds or minutes, and whom no pause disturbs. Each was measured in processor time (cli/README.md, "V8").
 * V8 reads both whenever it decides, so that they can be set in a process that has started.
 */
const FLAGS = [
  // Marking while the program goes on begins long before the heap is full: of a heap that hardly grows, time and again for nothing.
  '--no-incremental-marking',
  // How much a function works before it is optimised, in bytes of its code; 132 KiB by default. A short run has ended before most of that is repaid.
  `--interrupt-budget=${1 << 20}`,
] as const;

/** Sets up V8 for this process and its threads; to be called before anything else is loaded. */
export function tuneV8(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
