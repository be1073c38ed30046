import { refused, type TallystickError } from '../domain/problem.ts';
import type { TableSpec } from '../pipeline/pipeline.ts';

/**
 * The refusal of a patients table in which so many keys stand more than once: whose records are whose is uncertain.
 *
 * @param files that were read: two of them may be one delivery
 */
export function repeatedKeys(patients: TableSpec, keys: number, files: readonly string[]): TallystickError {
  const key = patients.columns.find(({ role }) => role === 'patient-key')!;
  return refused({
    file: files.join(', '),
    column: key.name,
    message: `${keys} patient ${keys === 1 ? 'key stands' : 'keys stand'} more than once`,
    wayOut: `each patient has one row in a patients table: deliver the latest state only${files.length < 2 ? '' : `, in one file (${files.length} were matched by ${patients.files.map(({ shownAs }) => shownAs).join(', ')})`}`,
  });
}
