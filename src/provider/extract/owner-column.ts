import type { ColumnSpec, TableSpec } from '../../pipeline/pipeline.ts';

/**
 * The column of a table by which it is known whose its rows are: the key of a patient, the id of another record, or an NHS
 * number of their own.
 */
export function ownerColumnOf({ columns }: TableSpec): ColumnSpec {
  const of = (role: ColumnSpec['role']) => columns.find((column) => column.role === role);
  return (of('patient-key') ?? of('parent-key') ?? of('nhs-number'))!;
}
