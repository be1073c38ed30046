import type { Problem } from '../domain/problem.ts';
import type { TableSpec } from '../pipeline/pipeline.ts';

/**
 * What is wrong with a patients table in which so many keys are there more than once: whose records are whose is uncertain.
 *
 * @param files that were read: two of them may be one delivery
 */
export function repeatedKeys(patients: TableSpec, keys: number, files: readonly string[]): Problem {
  const key = patients.columns.find(({ role }) => role === 'patient-key')!;
  const patterns = patients.files.map(({ shownAs }) => shownAs).join(', ');
  const matched = files.length < 2 ? '' : `, in one file (${files.length} were matched by ${patterns})`;
  return {
    file: files.join(', '),
    column: key.name,
    message: `${keys} patient ${keys === 1 ? 'key occurs' : 'keys occur'} more than once`,
    wayOut: `each patient has one row in a patients table: deliver the latest state only${matched}`,
  };
}
