import type { ColumnSpec, TableSpec } from '../../pipeline/pipeline.ts';

/** The column of a patients table that names each patient's practice; null where there is none. */
export function practiceColumnOf({ kind, columns }: TableSpec): ColumnSpec | null {
  return kind === 'patients' ? (columns.find(({ role }) => role === 'organisation') ?? null) : null;
}
