import type { Problem } from '../../domain/problem.ts';

/** The problem of a row that has an opt-out code and cannot be read. */
export function lostCode(location: Pick<Problem, 'file' | 'line'>): Problem {
  return {
    ...location,
    message: 'this row may have an opt-out, which cannot be read',
    wayOut: 'have the row repaired: a run without it could release what its patient refused',
  };
}
