import { type ColumnSpec, type Pipeline, type TableSpec, tablesOf } from '../pipeline/pipeline.ts';
import type { TokenKind } from './recipes.ts';

/** A key column and the kind of token it turns into. */
export interface KeyedColumn {
  readonly kind: TokenKind;
  /** the key itself, or provider and local id */
  readonly columns: readonly string[];
}

/**
 * Which tokens a table's rows get. The subject is what the row is about: the patient key of a split source, or the
 * demographic tuple of a flat row. What links subjects to persons stands once per subject, not on every row.
 */
export interface TokenPlan {
  readonly table: TableSpec;
  /** how a row names its subject: by a key, by its own demographics, or through a parent row */
  readonly subject:
    | { readonly by: 'patient-key'; readonly key: KeyedColumn }
    | { readonly by: 'demographics' | 'parent' };
  /** present where demographics stand on the row: a patients table or a flat table */
  readonly hasDemographics: boolean;
  /** the tie of last resort of a flat row: provider and local id */
  readonly local: KeyedColumn | null;
  /** the row's own id, where something points at it or it is released */
  readonly record: KeyedColumn | null;
  readonly parent: KeyedColumn | null;
}

function column(table: TableSpec, role: ColumnSpec['role']): ColumnSpec | undefined {
  return table.columns.find((one) => one.role === role);
}

/** Decides which tokens a table needs: those that link it, and those that are released, and no others. */
export function planTokens(table: TableSpec, pipeline: Pipeline): TokenPlan {
  const patientKey = column(table, 'patient-key');
  const parentKey = column(table, 'parent-key');
  const local = column(table, 'local-patient-id');
  const record = column(table, 'record-id');
  const released = pipeline.release.tables.find((one) => one.table === table.name);
  const isPointedAt = tablesOf(pipeline).some((one) => column(one, 'parent-key')?.references === table.name);
  const isReleased = released?.columns.some((one) => one.name === record?.name) ?? false;
  const hasDemographics = table.kind === 'patients' || (patientKey === undefined && parentKey === undefined);
  return {
    table,
    subject:
      patientKey !== undefined
        ? { by: 'patient-key', key: { kind: `patient-key/${table.source}`, columns: [patientKey.name] } }
        : { by: parentKey === undefined ? 'demographics' : 'parent' },
    hasDemographics,
    local:
      local?.provider != null && hasDemographics && patientKey === undefined
        ? { kind: 'local-patient-id', columns: [local.provider, local.name] }
        : null,
    record:
      record !== undefined && (isPointedAt || isReleased)
        ? { kind: `record-id/${table.name}`, columns: [record.name] }
        : null,
    parent:
      parentKey?.references == null
        ? null
        : { kind: `record-id/${parentKey.references}`, columns: [parentKey.name] },
  };
}

/** The tokens a table's rows get, in the order in which the hashing function returns them. */
export function tokensOf(plan: TokenPlan): string[] {
  return [
    ...(plan.subject.by === 'parent' ? [] : ['subject']),
    ...(plan.hasDemographics ? ['nhs', 'sdp'] : []),
    ...(plan.record === null ? [] : ['record']),
    ...(plan.parent === null ? [] : ['parent']),
  ];
}

/** Every kind of token a run's plans need; the NHS number's is always needed, for opt-outs. */
export function kindsOf(plans: readonly TokenPlan[]): TokenKind[] {
  const kinds = plans.flatMap((plan): TokenKind[] => [
    ...(plan.subject.by === 'patient-key' ? [plan.subject.key.kind] : []),
    ...[plan.local, plan.record, plan.parent].flatMap((keyed) => (keyed === null ? [] : [keyed.kind])),
  ]);
  return [...new Set<TokenKind>(['nhs-number', 'sex|date-of-birth|postcode', 'demographics', ...kinds])];
}
