import type { Problem } from '../domain/problem.ts';
import type { TableSpec } from '../pipeline/pipeline.ts';

/** What is wrong with a patients table in which so many keys stand more than once: whose records are whose is uncertain. */
export function repeatedKeys(patients: TableSpec, keys: number): Problem {
  const key = patients.columns.find(({ role }) => role === 'patient-key')!;
  return {
    file: patients.files.map(({ shownAs }) => shownAs).join(', '),
    column: key.name,
    message: `${keys} patient ${keys === 1 ? 'key stands' : 'keys stand'} more than once`,
    wayOut: 'each patient has one row in a patients table: deliver the latest state only',
  };
}
