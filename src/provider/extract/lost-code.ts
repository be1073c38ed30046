import type { Problem } from '../../domain/problem.ts';

/** What is said of a row with an opt-out code on it that cannot be read. */
export function lostCode(place: Pick<Problem, 'file' | 'line'>): Problem {
  return {
    ...place,
    message: 'an opt-out may stand on this row, which cannot be read',
    wayOut: 'have the row repaired: a run without it could release what its patient refused',
  };
}
