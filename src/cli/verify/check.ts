import type { Problem } from '../../domain/problem.ts';

/** The result of one check of a published run. It passed if there is no problem. */
export interface Check {
  readonly check: string;
  readonly problems: readonly Problem[];
}
