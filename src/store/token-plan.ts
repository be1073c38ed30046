import { comparesUnderNhsNumber, requiresField } from '../domain/match-rank.ts';
import type { TokenKind } from '../keys/recipes.ts';
import {
  type ColumnSpec,
  isSubjectTable,
  type Pipeline,
  type TableSpec,
  tablesOf,
} from '../pipeline/pipeline.ts';

/**
 * The fields on which two subjects with one NHS number can be compared, each as a token that is bound to that number, with its
 * kind. Month and day have the same kind, so that a swap of the two can be detected.
 */
export const COMPARED_FIELD_KINDS = {
  sex: 'nhs-number|sex',
  year: 'nhs-number|year-of-birth',
  month: 'nhs-number|month-or-day-of-birth',
  day: 'nhs-number|month-or-day-of-birth',
  postcode: 'nhs-number|postcode',
} as const satisfies Record<string, TokenKind>;
export type ComparedField = keyof typeof COMPARED_FIELD_KINDS;

/** What the ranks of the ladder need, besides the NHS number and the tuple `sex|birth date|postcode`. */
export interface LinkingPlan {
  readonly comparedFields: readonly ComparedField[];
  /** provider and local id of every subject, for ranks that require them */
  readonly hasLocalIds: boolean;
  /** true where there is a list of postcodes that too many people share */
  readonly hasIgnoredPostcodes: boolean;
}

/** A key column and the kind of token it turns into. */
export interface KeyedColumn {
  readonly kind: TokenKind;
  /** the key itself, or provider and local id */
  readonly columns: readonly string[];
}

/**
 * The tokens of a table's rows. The subject is what a row is about: the patient key of a source with a patients table, or the
 * demographics of a flat row. The tokens that link a subject to a person are stored once a subject (`subject-columns.ts`).
 */
export interface TokenPlan {
  readonly table: TableSpec;
  /** how a row identifies its subject: by a key, by its own demographics, or through a parent row */
  readonly subject:
    | { readonly by: 'patient-key'; readonly key: KeyedColumn }
    | { readonly by: 'demographics' | 'parent' };
  /** present where the row has demographics: a patients table, its addresses, or a flat table */
  readonly hasDemographics: boolean;
  readonly linking: LinkingPlan;
  /** provider and local id of a flat row: the last resort for identifying its subject, and required by some ranks */
  readonly local: KeyedColumn | null;
  /** the row's own id, where other rows point at it or it is released */
  readonly record: KeyedColumn | null;
  readonly parent: KeyedColumn | null;
}

function column(table: TableSpec, role: ColumnSpec['role']): ColumnSpec | undefined {
  return table.columns.find((one) => one.role === role);
}

/** The tokens that a table needs: those that link it and those that are released, and no others. */
export function planTokens(table: TableSpec, pipeline: Pipeline): TokenPlan {
  const patientKey = column(table, 'patient-key');
  const parentKey = column(table, 'parent-key');
  const local = column(table, 'local-patient-id');
  const record = column(table, 'record-id');
  const released = pipeline.release.tables.find((one) => one.table === table.name);
  const isPointedAt = tablesOf(pipeline).some((one) => column(one, 'parent-key')?.references === table.name);
  const isReleased = released?.columns.some((one) => one.name === record?.name) ?? false;
  const hasDemographics = table.kind === 'addresses' || isSubjectTable(table);
  return {
    table,
    subject:
      patientKey !== undefined
        ? { by: 'patient-key', key: { kind: `patient-key/${table.source}`, columns: [patientKey.name] } }
        : { by: parentKey === undefined ? 'demographics' : 'parent' },
    hasDemographics,
    linking: {
      comparedFields: hasDemographics && table.kind !== 'addresses' ? comparedFieldsOf(pipeline) : [],
      hasLocalIds:
        isFlatWithLocalId(local, hasDemographics, patientKey) &&
        requiresField(pipeline.link.ranks, 'local-patient-id'),
      hasIgnoredPostcodes: hasDemographics && pipeline.link.ignorePostcodes !== null,
    },
    local:
      local?.provider != null && isFlatWithLocalId(local, hasDemographics, patientKey)
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

function isFlatWithLocalId(
  local: ColumnSpec | undefined,
  hasDemographics: boolean,
  patientKey: ColumnSpec | undefined,
): boolean {
  return local?.provider != null && hasDemographics && patientKey === undefined;
}

/** Birth date and sex are needed wherever fields are compared: they reveal a number recorded for two people. */
function comparedFieldsOf({ link }: Pipeline): ComparedField[] {
  if (!comparesUnderNhsNumber(link.ranks)) return [];
  const comparesPostcodes = link.ranks.some(
    ({ agree }) => agree.includes('nhs-number') && agree.includes('postcode'),
  );
  return ['sex', 'year', 'month', 'day', ...(comparesPostcodes ? (['postcode'] as const) : [])];
}

/** The tokens of a table's rows, in the order in which the hashing function returns them. */
export function tokensOf(plan: TokenPlan): string[] {
  return [
    ...(plan.subject.by === 'parent' ? [] : ['subject']),
    ...(plan.hasDemographics && plan.table.kind !== 'addresses' ? ['nhs'] : []),
    ...(plan.hasDemographics ? ['tuple'] : []),
    ...(plan.linking.hasLocalIds ? ['local'] : []),
    ...(plan.record === null ? [] : ['record']),
    ...(plan.parent === null ? [] : ['parent']),
  ];
}

/** The column of a field's token, as returned and stored. */
export function comparedColumn(field: ComparedField): string {
  return `compared_${field}`;
}

/** Every kind of token that the plans of a run need; the NHS number token is always needed, for opt-outs. */
export function kindsOf(plans: readonly TokenPlan[]): TokenKind[] {
  const kinds = plans.flatMap((plan): TokenKind[] => [
    ...(plan.subject.by === 'patient-key' ? [plan.subject.key.kind] : []),
    ...plan.linking.comparedFields.map((one) => COMPARED_FIELD_KINDS[one]),
    ...[plan.local, plan.record, plan.parent].flatMap((keyed) => (keyed === null ? [] : [keyed.kind])),
  ]);
  return [...new Set<TokenKind>(['nhs-number', 'sex|date-of-birth|postcode', 'demographics', ...kinds])];
}
