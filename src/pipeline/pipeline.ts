import type { CodeShapeExpectation } from '../domain/code-shape.ts';
import type { BirthEvent } from '../domain/implausible.ts';
import type { Ladder } from '../domain/match-rank.ts';
import type { LookAlike } from '../domain/opt-out-codes.ts';
import type { ReleaseRule } from '../domain/release-rule.ts';
import type { CodeSystem, Role, Setting } from '../domain/role.ts';
import type { Waiver } from '../domain/waiver.ts';
import type { Expectations } from './expectations.ts';

/** How a delimited text file is written. */
export interface FileFormat {
  readonly delimiter: string;
  readonly quote: string;
  readonly encoding: 'utf-8' | 'windows-1252' | 'latin-1' | 'utf-16';
}

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
  /** code: which share of its cells must look like its system; null for other roles and for local codes */
  readonly codeShape: CodeShapeExpectation | null;
  /** parent-key: the table whose record-id this column points at */
  readonly references: string | null;
  /** local-patient-id: the column that names the provider which gave the id */
  readonly provider: string | null;
  /** cells that mean "nothing here", besides the empty cell */
  readonly missing: readonly string[];
  /** opt-out-flag: which opt-out, and the values that mean that nobody opted out; null for other roles */
  readonly flag: OptOutFlag | null;
  readonly description: string;
}

export interface OptOutFlag {
  readonly type: 'type-1' | 'type-2' | 'national';
  /** any other value is an opt-out */
  readonly none: readonly string[];
  /** values that are declared to be one; others are counted as well, with a warning */
  readonly registered: readonly string[];
}

/** A declared file or glob, and what each file it finds must be. */
export interface FilePattern {
  /** absolute path; the last part may hold `*` and `?` */
  readonly path: string;
  /** as it stands in the pipeline file: the name used in messages and in the manifest */
  readonly shownAs: string;
  readonly expect: { readonly rows: number | null; readonly sha256: string | null };
}

export interface TableSpec {
  readonly source: string;
  readonly setting: Setting;
  readonly name: string;
  /**
   * 'patients' holds one row a patient of a split source, 'addresses' the earlier addresses of these patients; 'records'
   * holds everything else
   */
  readonly kind: 'patients' | 'addresses' | 'records';
  readonly files: readonly FilePattern[];
  readonly format: FileFormat;
  readonly allowEmpty: boolean;
  readonly columns: readonly ColumnSpec[];
  /** the column that says when a record happened: first and last seen, and the order of released rows */
  readonly date: string | null;
}

export interface SourceSpec {
  readonly name: string;
  readonly setting: Setting;
  /** share of a table's rows that may be quarantined before the run stops, 0..1 */
  readonly quarantineMax: number;
  /** present in a split source: the table that holds identifiers */
  readonly patients: TableSpec | null;
  /** earlier addresses of the patients, by which they may be known elsewhere */
  readonly addresses: TableSpec | null;
  readonly tables: readonly TableSpec[];
}

export interface OptOutList {
  /** absolute path */
  readonly file: string;
  /** as it stands in the pipeline file */
  readonly shownAs: string;
  /** days; a list older than this, counted from its date to the run date, is refused */
  readonly maxAgeDays: number;
  /** the list's own date (YYYY-MM-DD), as declared or from its name; null where neither says it */
  readonly asOf: string | null;
  readonly allowEmpty: boolean;
}

/** The reply of the national data opt-out service: the only numbers that may be used. */
export interface NationalReply extends OptOutList {
  /** the request that it answers, of which it must be a part; null where it is not at hand */
  readonly request: { readonly file: string; readonly shownAs: string } | null;
}

/** A GP table in whose code columns opt-outs are looked for. */
export interface CodedTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** the column that dates them; null where none does, and then they are undated */
  readonly date: string | null;
}

export interface OptOutSpec {
  readonly register: OptOutList | null;
  readonly national: NationalReply | null;
  /** every table that is searched, in the order of the pipeline file */
  readonly codes: readonly CodedTable[];
  /** other columns of GP tables that may hold a code: an opt-out code in one of them stops the run */
  readonly elsewhere: readonly { readonly table: string; readonly columns: readonly string[] }[];
  /** extra or replacing opt-out codes */
  readonly codeOverrides: readonly {
    readonly type: 'type-1' | 'type-2';
    readonly kind: 'registered' | 'withdrawn';
    readonly system: 'read-v2' | 'ctv3' | 'snomed';
    readonly code: string;
  }[];
  readonly waivers: readonly Waiver[];
  /** sources that are excused from naming where their type 1 decisions come from */
  readonly withoutTypeOne: readonly string[];
  /** share of people who have opted out, at least, 0..1; null where nothing is expected */
  readonly expectedRate: number | null;
  /** share of the opt-outs recorded in a source that may be of nobody who is in it, or (type 2, national) of patients without a valid number, 0..1 */
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

/** Facts a released person may carry, besides the pseudonym and the settings met. */
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
  readonly persons: readonly { readonly name: PersonFact; readonly rule: ReleaseRule }[];
  readonly tables: readonly ReleasedTable[];
  /** released records carry an inverse-probability weight (src/linker/missed/README.md) */
  readonly linkageWeights: boolean;
  /** code list (system,code,match,reason) whose rows are left out; null leaves nothing out */
  readonly sensitiveCodes: string | null;
}

/** What the rules of implausible links look at; a rule for which nothing is declared is not asked. */
export interface ImplausibleSpec {
  /** tables whose date is a day on which somebody was seen alive; `where` leaves out rows with any other value */
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
  /** beginnings of ICD-10 codes */
  readonly birthCodes: Readonly<Record<BirthEvent, readonly string[]>>;
}

export interface LinkSpec {
  /** the name of a shipped ladder, or `own` */
  readonly ladder: string;
  readonly ranks: Ladder;
  /** absolute path of the file of postcodes that are shared by too many people; null for none */
  readonly ignorePostcodes: string | null;
  /** share of each source's postcodes, those with the most patients, that are ignored likewise, 0..1; null for none */
  readonly ignoreBusiestPostcodes: number | null;
  /** absolute path of the file of NHS numbers that others took the place of; null for none */
  readonly supersededNumbers: string | null;
  /** a link of a lower match probability is refused, 0..1; null refuses none */
  readonly minProbability: number | null;
  /** null where nothing is declared: then nothing is asked */
  readonly implausible: ImplausibleSpec | null;
  /** implausible links are taken apart, and not only counted */
  readonly quarantineImplausible: boolean;
  /** whether a run leaves a link map beside it, which `tallystick diff` compares (src/compare/diff/README.md) */
  readonly keepMap: boolean;
}

/** A whole, checked pipeline: nothing is optional, every path is absolute. */
export interface Pipeline {
  /** absolute path of the pipeline file */
  readonly file: string;
  /** the pipeline file as it was read, before variables are expanded */
  readonly text: string;
  readonly name: string;
  /** synthetic data: NHS numbers of the test range 900-999 are taken */
  readonly synthetic: boolean;
  readonly keys: {
    readonly linkage: string;
    readonly release: string;
    /** id of the key that must have signed the token stores; null where the file pins none */
    readonly storeKeyId: string | null;
  };
  readonly sources: readonly SourceSpec[];
  readonly optOuts: OptOutSpec;
  /** what a night must be like, by itself and beside earlier nights */
  readonly expect: Expectations;
  readonly link: LinkSpec;
  readonly release: ReleaseSpec;
  /** texts that must never appear in anything the run leaves, one a line; null for none */
  readonly canaries: string | null;
}

/** True of a flat table: its rows point at no patient and at no other record, and carry their own identifiers. */
export function isFlat({ kind, columns }: TableSpec): boolean {
  return kind === 'records' && !columns.some(({ role }) => role === 'patient-key' || role === 'parent-key');
}

/** True of a patients table, and of a flat one: each row says who a subject is, and what is known of it. */
export function isSubjectTable(table: TableSpec): boolean {
  return table.kind === 'patients' || isFlat(table);
}

/** The tables by whose rows subjects are linked: of each source its patients, or where it has none its flat tables. */
export function subjectTablesOf({ sources }: Pipeline): readonly TableSpec[] {
  return sources.flatMap(({ patients, tables }) => (patients === null ? tables.filter(isFlat) : [patients]));
}

/** Place of a table's source in the pipeline file, from 0. */
export function sourceIndexOf({ sources }: Pipeline, { source }: TableSpec): number {
  return sources.findIndex(({ name }) => name === source);
}

/** Every table of every source, patients tables and then their addresses first: the order in which they are read. */
export function tablesOf(pipeline: Pipeline): readonly TableSpec[] {
  return [
    ...pipeline.sources.flatMap(({ patients }) => patients ?? []),
    ...pipeline.sources.flatMap(({ addresses }) => addresses ?? []),
    ...pipeline.sources.flatMap(({ tables }) => tables),
  ];
}
