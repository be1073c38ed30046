import type { ColumnSpec } from '../../../pipeline/pipeline.ts';

/** A column called `cell`, of which nothing is declared but its role. */
export const columnSpec = (role: ColumnSpec['role'], extra: Partial<ColumnSpec> = {}): ColumnSpec => ({
  name: 'cell',
  role,
  format: '%d/%m/%Y',
  map: {},
  system: null,
  codeShape: null,
  references: null,
  provider: null,
  missing: [],
  flag: null,
  description: '',
  ...extra,
});
