import { asksFor, comparesUnderNhsNumber } from '../domain/match-rank.ts';
import type { TokenKind } from '../keys/recipes.ts';
import {
  type ColumnSpec,
  isSubjectTable,
  type Pipeline,
  type TableSpec,
  tablesOf,
} from '../pipeline/pipeline.ts';

/**
 * What two subjects under one NHS number can be found to agree on, each a token that is bound to that number, with its
 * kind. Month and day are of one kind, so that the two can be found swapped.
 */
export const AGREEMENT_KINDS = {
  sex: 'nhs-number|sex',
  year: 'nhs-number|year-of-birth',
  month: 'nhs-number|month-or-day-of-birth',
  day: 'nhs-number|month-or-day-of-birth',
  postcode: 'nhs-number|postcode',
} as const satisfies Record<string, TokenKind>;
export type AgreementToken = keyof typeof AGREEMENT_KINDS;

/** What the ranks of the ladder need of subjects, besides NHS number and `sex|birth date|postcode`. */
export interface LinkingPlan {
  readonly agreements: readonly AgreementToken[];
  /** provider and local id of every subject, for ranks that ask for them */
  readonly hasLocalIds: boolean;
  /** there is a list of postcodes that too many people share */
  readonly hasIgnoredPostcodes: boolean;
}

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
  /** present where demographics stand on the row: a patients table, its addresses, or a flat table */
  readonly hasDemographics: boolean;
  readonly linking: LinkingPlan;
  /** provider and local id of a flat row: the tie of last resort, and what a rank may ask for */
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
  const hasDemographics = table.kind === 'addresses' || isSubjectTable(table);
  return {
    table,
    subject:
      patientKey !== undefined
        ? { by: 'patient-key', key: { kind: `patient-key/${table.source}`, columns: [patientKey.name] } }
        : { by: parentKey === undefined ? 'demographics' : 'parent' },
    hasDemographics,
    linking: {
      agreements: hasDemographics && table.kind !== 'addresses' ? agreementsOf(pipeline) : [],
      hasLocalIds:
        isFlatWithLocalId(local, hasDemographics, patientKey) &&
        asksFor(pipeline.link.ranks, 'local-patient-id'),
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

/** Birth date and sex wherever anything is compared: a number in two people is found by them. */
function agreementsOf({ link }: Pipeline): AgreementToken[] {
  if (!comparesUnderNhsNumber(link.ranks)) return [];
  const comparesPostcodes = link.ranks.some(
    ({ agree }) => agree.includes('nhs-number') && agree.includes('postcode'),
  );
  return ['sex', 'year', 'month', 'day', ...(comparesPostcodes ? (['postcode'] as const) : [])];
}

/** The tokens a table's rows get, in the order in which the hashing function returns them. */
export function tokensOf(plan: TokenPlan): string[] {
  return [
    ...(plan.subject.by === 'parent' ? [] : ['subject']),
    ...(plan.hasDemographics && plan.table.kind !== 'addresses' ? ['nhs'] : []),
    ...(plan.hasDemographics ? ['sdp'] : []),
    ...(plan.linking.hasLocalIds ? ['local'] : []),
    ...(plan.record === null ? [] : ['record']),
    ...(plan.parent === null ? [] : ['parent']),
  ];
}

/** The column of an agreement's token, as it is returned and stored. */
export function agreementColumn(agreement: AgreementToken): string {
  return `agree_${agreement}`;
}

/** Every kind of token a run's plans need; the NHS number's is always needed, for opt-outs. */
export function kindsOf(plans: readonly TokenPlan[]): TokenKind[] {
  const kinds = plans.flatMap((plan): TokenKind[] => [
    ...(plan.subject.by === 'patient-key' ? [plan.subject.key.kind] : []),
    ...plan.linking.agreements.map((one) => AGREEMENT_KINDS[one]),
    ...[plan.local, plan.record, plan.parent].flatMap((keyed) => (keyed === null ? [] : [keyed.kind])),
  ]);
  return [...new Set<TokenKind>(['nhs-number', 'sex|date-of-birth|postcode', 'demographics', ...kinds])];
}
