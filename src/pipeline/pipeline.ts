import type { BirthEvent } from '../domain/implausible.ts';
import type { Ladder } from '../domain/match-rank.ts';
import type { CodeSystem, Role, Setting } from '../domain/role.ts';
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
  /** parent-key: the table whose record-id this column points at */
  readonly references: string | null;
  /** local-patient-id: the column that names the provider which gave the id */
  readonly provider: string | null;
  /** cells that mean "nothing here", besides the empty cell */
  readonly missing: readonly string[];
  readonly description: string;
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
  /** the list's own date (YYYY-MM-DD); null takes the file's modification time */
  readonly asOf: string | null;
  readonly allowEmpty: boolean;
}

export interface OptOutSpec {
  readonly register: OptOutList | null;
  /** reply of the national data opt-out service: the only numbers that may be used */
  readonly national: OptOutList | null;
  readonly codes: {
    readonly table: string;
    readonly columns: readonly string[];
    readonly date: string;
  } | null;
  /** extra or replacing opt-out codes */
  readonly codeOverrides: readonly {
    readonly type: 'type-1' | 'type-2';
    readonly kind: 'registered' | 'withdrawn';
    readonly system: 'read-v2' | 'ctv3' | 'snomed';
    readonly code: string;
  }[];
  /** rows that cannot be tied to a valid NHS number */
  readonly untied: 'hold-back' | 'release';
}

/** How one released column is coarsened. */
export type ReleaseRule =
  | { readonly rule: 'keep' }
  | { readonly rule: 'drop' }
  | { readonly rule: 'year' }
  | { readonly rule: 'month' }
  | { readonly rule: 'year-of-birth' }
  | { readonly rule: 'age-band'; readonly at: string; readonly width: number; readonly top: number }
  | { readonly rule: 'truncate'; readonly length: number }
  | { readonly rule: 'map'; readonly map: Readonly<Record<string, string>>; readonly other: string | null };

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
  /** released records carry an inverse-probability weight (src/missed/README.md) */
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
  /** whether a run leaves a link map beside it, which `tallystick diff` compares (src/diff/README.md) */
  readonly keepMap: boolean;
}

/** A whole, checked pipeline: nothing is optional, every path is absolute. */
export interface Pipeline {
  /** absolute path of the pipeline file */
  readonly file: string;
  readonly name: string;
  /** synthetic data: NHS numbers of the test range 900-999 are taken */
  readonly synthetic: boolean;
  readonly keys: { readonly linkage: string; readonly release: string };
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
