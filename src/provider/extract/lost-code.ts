import type { Problem } from '../../domain/problem.ts';

/** The problem of a row that has an opt-out code and cannot be read. */
export function lostCode(place: Pick<Problem, 'file' | 'line'>): Problem {
  return {
    ...place,
    message: 'an opt-out may stand on this row, which cannot be read',
    wayOut: 'have the row repaired: a run without it could release what its patient refused',
  };
}
