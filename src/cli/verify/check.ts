import type { Problem } from '../../domain/problem.ts';

/** One thing that was checked of a published run. It passed if there is no problem. */
export interface Check {
  readonly check: string;
  readonly problems: readonly Problem[];
}
