import type { CodeShapeExpectation } from '../domain/code-shape.ts';
import {
  type DeclaredType,
  type Exemption,
  type HeldReason,
  isExempt,
  type ReasonName,
} from '../domain/held-reason.ts';
import type { BirthEvent } from '../domain/implausible.ts';
import type { Ladder } from '../domain/match-rank.ts';
import type { OptOutType } from '../domain/opt-out.ts';
import type { LookAlike } from '../domain/opt-out-codes.ts';
import type { ReleaseRule } from '../domain/release-rule.ts';
import type { CareSetting, CodeSystem, Role } from '../domain/role.ts';
import type { Waiver } from '../domain/waiver.ts';
import type { Expectations } from './expectations.ts';
import type { FileFormat } from './file-format.ts';
import type { ListLayout } from './list-layout.ts';

/** One declared column: the single description that reader, writer, data dictionary and report share. */
export interface ColumnSpec {
  readonly name: string;
  readonly role: Role;
  /** date and timestamp roles: strptime-like format */
  readonly format: string;
  /** sex: source text -> 0, 1, 2 or 9 */
  readonly map: Readonly<Record<string, number>>;
  /** code: which system the codes belong to */
  readonly system: CodeSystem | null;
  /** code: the share of its cells that must look like its system; null for other roles and for local codes */
  readonly codeShape: CodeShapeExpectation | null;
  /** parent-key: the table whose record-id this column points at */
  readonly references: string | null;
  /** local-patient-id: the column that names the provider which gave the id */
  readonly provider: string | null;
  /** cells that mean "missing", besides the empty cell */
  readonly missing: readonly string[];
  /** opt-out-flag: which reason, and the values that mean that it does not hold; null for other roles */
  readonly flag: OptOutFlag | null;
  readonly description: string;
}

export interface OptOutFlag {
  readonly type: ReasonName;
  /** any other value is an opt-out */
  readonly none: readonly string[];
  /** values that are declared to be one; undeclared values also count as one, with a warning */
  readonly registered: readonly string[];
}

/** A declared file or glob, and the expectation of each file that it matches. */
export interface FilePattern {
  /** absolute path; the last part may hold `*` and `?` */
  readonly path: string;
  /** as written in the pipeline file: the name used in messages and in the manifest */
  readonly shownAs: string;
  readonly expect: { readonly rows: number | null; readonly sha256: string | null };
}

export interface TableSpec {
  readonly source: string;
  readonly setting: CareSetting;
  readonly name: string;
  /**
   * 'patients' has one row for each patient of a split source, 'addresses' the earlier addresses of these patients; 'records'
   * has everything else
   */
  readonly kind: 'patients' | 'addresses' | 'records';
  readonly files: readonly FilePattern[];
  readonly format: FileFormat;
  readonly allowEmpty: boolean;
  readonly columns: readonly ColumnSpec[];
  /** the column with the date of a record: for first and last seen, and for the order of released rows */
  readonly date: string | null;
}

export interface SourceSpec {
  readonly name: string;
  readonly setting: CareSetting;
  /** what the records are and who holds them, in plain words for patients; null where the file does not say */
  readonly description: string | null;
  /** share of a table's rows that may be quarantined before the run stops, 0..1 */
  readonly quarantineMax: number;
  /** present in a split source: the table that holds identifiers */
  readonly patients: TableSpec | null;
  /** earlier addresses of the patients, which other sources may still have */
  readonly addresses: TableSpec | null;
  readonly tables: readonly TableSpec[];
}

export interface OptOutList {
  /** absolute path */
  readonly file: string;
  /** as written in the pipeline file */
  readonly shownAs: string;
  /** days; a list older than this, counted from its date to the run date, is refused */
  readonly maxAgeDays: number;
  /** the list's own date (YYYY-MM-DD), as declared or from its name; null where there is neither */
  readonly asOf: string | null;
  readonly allowEmpty: boolean;
}

/** The register that `tallystick opt-out` keeps (`governance/register`). */
export interface KeptRegister {
  /** absolute path */
  readonly file: string;
  /** as written in the pipeline file */
  readonly shownAs: string;
  /** days; a register whose last change is older than this on the run date is refused, or, where no age is declared, judged by how often it changes */
  readonly maxAgeDays: number;
  readonly isAgeDeclared: boolean;
  readonly allowEmpty: boolean;
}

/** The reply of the national data opt-out service: the only numbers that may be used. */
export interface NationalReply extends OptOutList {
  /** the request that it answers, of which it must be a part; null where it is not available */
  readonly request: { readonly file: string; readonly shownAs: string } | null;
}

/**
 * Requests to the national data opt-out service and its answers, as `tallystick opt-out request` and `accept` record them: the
 * alternative to a reply.
 */
export interface NationalLedger {
  /** absolute path */
  readonly ledger: string;
  /** as written in the pipeline file */
  readonly shownAs: string;
  /** days; an answer whose request is older than this on the run date does not count */
  readonly maxAgeDays: number;
  /** an answer may allow nobody */
  readonly allowEmpty: boolean;
  /** what a request is sent with */
  readonly sending: NationalSending;
}

/** Mailboxes and workflow of the messages that a request is sent by. */
export interface NationalSending {
  readonly mailbox: string;
  readonly to: string;
  readonly workflow: string;
}

/** Whether national opt-outs are in a ledger, and not in one reply. */
export function isNationalLedger(
  national: NationalReply | NationalLedger | null,
): national is NationalLedger {
  return national !== null && 'ledger' in national;
}

/** A list in a layout of its own. */
export interface DeclaredList extends OptOutList {
  readonly name: string;
  readonly layout: ListLayout;
  /** its NHS numbers are the only ones that may be used; else it is one of opt-outs */
  readonly allow: boolean;
  /** of an allow-list: the type of opt-out for which it is a source; null where none is declared */
  readonly answersFor: OptOutType | null;
}

/** A date column of a list of practices. */
export interface PracticeDate {
  readonly column: string;
  readonly format: string;
  /** cells that mean "missing", besides the empty cell */
  readonly missing: readonly string[];
}

/** A yes/no column of a list of practices; a line with any other value is faulty. */
export interface PracticeSwitch {
  readonly column: string;
  readonly on: readonly string[];
  readonly off: readonly string[];
}

/** The list of practices that share. A practice that it does not name shares nothing. */
export interface PracticeList extends OptOutList {
  readonly format: FileFormat;
  /** the column of the practice's code */
  readonly code: string;
  readonly start: PracticeDate | null;
  readonly end: PracticeDate | null;
  readonly active: PracticeSwitch | null;
  readonly disabled: PracticeSwitch | null;
  /** of each GP source, the column of its patients table that names the practice */
  readonly organisations: readonly { readonly source: string; readonly column: string }[];
}

/** A GP table whose code columns are searched for opt-outs. */
export interface CodedTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** the column that dates them; null where there is none: then they are undated */
  readonly date: string | null;
}

export interface OptOutSpec {
  /** a list with one event a line; null where none is declared, or the register is the kept one */
  readonly register: OptOutList | null;
  readonly keptRegister: KeptRegister | null;
  readonly national: NationalReply | NationalLedger | null;
  /** other lists, in the order of the pipeline file */
  readonly lists: readonly DeclaredList[];
  /** null where the practices of GP sources are not checked */
  readonly practices: PracticeList | null;
  /** every table that is searched, in the order of the pipeline file */
  readonly codes: readonly CodedTable[];
  /** other columns of GP tables that may hold a code: an opt-out code in one of them stops the run */
  readonly elsewhere: readonly { readonly table: string; readonly columns: readonly string[] }[];
  /** additional or replacing opt-out codes */
  readonly codeOverrides: readonly {
    readonly type: 'type-1' | 'type-2';
    readonly kind: 'registered' | 'withdrawn';
    readonly system: 'read-v2' | 'ctv3' | 'snomed';
    readonly code: string;
  }[];
  /** types of opt-outs besides those that every pipeline has, in the order of the pipeline file */
  readonly types: readonly DeclaredType[];
  /** reasons that the pipeline file moves to the front */
  readonly order: readonly ReasonName[];
  /** every reason why a row or a person may be held, the one that counts first at the front */
  readonly reasons: readonly HeldReason[];
  /** types of opt-outs that are switched off for this agreement */
  readonly exempt: readonly Exemption[];
  readonly waivers: readonly Waiver[];
  /** sources whose type 1 opt-outs are waived */
  readonly withoutTypeOne: readonly string[];
  /** the least share of people who have opted out, 0..1; null where none is expected */
  readonly expectedRate: number | null;
  /** share of the opt-outs recorded in a source that may match nobody in it, or (type 2, national) of patients without a valid number, 0..1 */
  readonly maxUnmatched: number;
  /** codes that are written like an opt-out code and are others */
  readonly lookAlikes: readonly LookAlike[];
  /** rows that cannot be tied to a valid NHS number */
  readonly untied: 'hold-back' | 'release';
}

export interface ReleasedColumn {
  readonly name: string;
  readonly rule: ReleaseRule;
}

export interface ReleasedTable {
  readonly table: string;
  readonly columns: readonly ReleasedColumn[];
}

/** Facts a released person may carry, besides the pseudonym and the care settings. */
export const PERSON_FACTS = {
  sex: 'sex',
  age_band: 'date-of-birth',
  year_of_birth: 'date-of-birth',
  area: 'area',
  ethnic_category: 'ethnic-category',
  deprivation: 'deprivation',
  date_of_death: 'date-of-death',
  first_seen: 'date',
  last_seen: 'date',
} as const satisfies Record<string, Role>;
export type PersonFact = keyof typeof PERSON_FACTS;

export interface ReleaseSpec {
  readonly agreement: string;
  /** who is handed the release; null where the pipeline file does not say */
  readonly recipient: string | null;
  readonly persons: readonly { readonly name: PersonFact; readonly rule: ReleaseRule }[];
  readonly tables: readonly ReleasedTable[];
  /** released records carry an inverse-probability weight (src/linker/missed/README.md) */
  readonly linkageWeights: boolean;
  /** code list (system,code,match,reason) whose rows are left out; null leaves nothing out */
  readonly sensitiveCodes: string | null;
}

/** The tables and columns of the rules for implausible links; a rule for which nothing is declared is not checked. */
export interface ImplausibleSpec {
  /** tables whose date is a day on which somebody was seen alive; `where` selects rows by the values of a column */
  readonly activity: readonly {
    readonly table: string;
    readonly where: { readonly column: string; readonly values: readonly string[] } | null;
  }[];
  /** names of columns: first day, last day, provider */
  readonly stays: readonly {
    readonly table: string;
    readonly from: string;
    readonly to: string;
    readonly provider: string;
  }[];
  /** ICD-10 columns of tables whose date is that of the birth */
  readonly births: readonly { readonly table: string; readonly codes: readonly string[] }[];
  /** prefixes of ICD-10 codes */
  readonly birthCodes: Readonly<Record<BirthEvent, readonly string[]>>;
}

export interface LinkSpec {
  /** the name of a shipped ladder, or `own` */
  readonly ladder: string;
  readonly ranks: Ladder;
  /** absolute path of the file of postcodes that are shared by too many people; null for none */
  readonly ignorePostcodes: string | null;
  /** share of each source's postcodes, those with the most patients, that are also ignored, 0..1; null for none */
  readonly ignoreBusiestPostcodes: number | null;
  /** absolute path of the file of superseded NHS numbers; null for none */
  readonly supersededNumbers: string | null;
  /** a link of a lower match probability is refused, 0..1; null refuses none */
  readonly minProbability: number | null;
  /** null where nothing is declared: then nothing is checked */
  readonly implausible: ImplausibleSpec | null;
  /** true if implausible links are taken apart, not only counted */
  readonly quarantineImplausible: boolean;
  /** whether a run leaves a link map beside it, which `tallystick diff` compares (src/compare/diff/README.md) */
  readonly keepMap: boolean;
}

/** A complete, checked pipeline: nothing is optional, every path is absolute. */
export interface Pipeline {
  /** absolute path of the pipeline file */
  readonly file: string;
  /** the pipeline file as it was read, before variables are expanded */
  readonly text: string;
  readonly name: string;
  /** synthetic data: NHS numbers of the test range 900-999 are accepted */
  readonly synthetic: boolean;
  readonly keys: {
    readonly linkage: string;
    readonly release: string;
    /** id of the key that must have signed the token stores; null where the file pins none */
    readonly storeKeyId: string | null;
  };
  readonly sources: readonly SourceSpec[];
  readonly optOuts: OptOutSpec;
  /** the expectations of a night, absolute and compared with earlier nights */
  readonly expect: Expectations;
  readonly link: LinkSpec;
  readonly release: ReleaseSpec;
  /** path of the file of texts that must never appear in any output, one on each line; null for none */
  readonly canaries: string | null;
}

/** True of a flat table: its rows point at no patient and at no other record, and carry their own identifiers. */
export function isFlat({ kind, columns }: TableSpec): boolean {
  return kind === 'records' && !columns.some(({ role }) => role === 'patient-key' || role === 'parent-key');
}

/** True of a patients table, and of a flat one: each row identifies a subject and has its facts. */
export function isSubjectTable(table: TableSpec): boolean {
  return table.kind === 'patients' || isFlat(table);
}

/** The tables whose rows link subjects: of each source its patients table, or without one its flat tables. */
export function subjectTablesOf({ sources }: Pipeline): readonly TableSpec[] {
  return sources.flatMap(({ patients, tables }) => (patients === null ? tables.filter(isFlat) : [patients]));
}

/** Index of a table's source in the pipeline file. */
export function sourceIndexOf({ sources }: Pipeline, { source }: TableSpec): number {
  return sources.findIndex(({ name }) => name === source);
}

/** Every table of every source, patients tables first, then their addresses: the order in which they are read. */
export function tablesOf(pipeline: Pipeline): readonly TableSpec[] {
  return [
    ...pipeline.sources.flatMap(({ patients }) => patients ?? []),
    ...pipeline.sources.flatMap(({ addresses }) => addresses ?? []),
    ...pipeline.sources.flatMap(({ tables }) => tables),
  ];
}

/**
 * Whether a list of the only NHS numbers that may be used applies to this agreement. One that answers for a type of opt-out is switched off
 * with that type, and with no other: it is where those opt-outs are stated.
 */
export function appliesAllowList({ allow, answersFor }: DeclaredList, exempt: OptOutSpec['exempt']): boolean {
  return allow && !isExempt(answersFor ?? 'not-allowed', exempt);
}

/** Whether there are lists of the only NHS numbers that may be used, and they apply. */
export function hasAllowList(optOuts: Pick<OptOutSpec, 'national' | 'lists' | 'exempt'>): boolean {
  return appliesNationalReply(optOuts) || optOuts.lists.some((one) => appliesAllowList(one, optOuts.exempt));
}

/** True if a reply of the national service decides who may be used: one is declared, and national opt-outs apply to this agreement. */
export function appliesNationalReply({ national, exempt }: Pick<OptOutSpec, 'national' | 'exempt'>): boolean {
  return national !== null && !isExempt('national', exempt);
}
