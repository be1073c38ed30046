import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeCounts } from '../domain/code-shape.ts';
import type { Warning } from '../domain/finding.ts';
import type { Exemption } from '../domain/held-reason.ts';
import type { OptOutTally } from '../domain/opt-out-tally.ts';
import { environment, refused, TallystickError } from '../domain/problem.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { CodeSystem } from '../domain/role.ts';
import type { Waiver } from '../domain/waiver.ts';
import { isSigned, type StoreKey, storeKeyId } from '../keys/store-key.ts';
import { readPlainText } from '../read-plain-file.ts';

/** Name of the file that describes a token store. */
export const STORE_FILE = 'store.json';
/** Name of the quarantine list in a store and in the operator's folder of a published run. */
export const QUARANTINE_FILE = 'quarantine.csv';
/**
 * 2: parts in Parquet. 3: parts as Arrow files (`part-writer.ts`). 4: rows name their subjects by numbers, and what links a subject is stored
 * once (`subject-columns.ts`). 5: as 4, with opt-outs in a second list (`decided-tokens.ts`), which an earlier linker would pass over; a
 * store without one is of version 4.
 */
export const STORE_FORMAT_VERSION = 4;
export const STORE_FORMAT_WITH_DECIDED = 5;

/** One table's rows below the identity boundary: numbers of subjects, tokens and payload, one part for each input file. */
export interface StoredTable {
  readonly source: string;
  readonly table: string;
  /** file names inside the store */
  readonly parts: readonly string[];
  readonly rows: number;
  /** what the rows hold, as `columnsStored` names it */
  readonly columns: readonly string[];
}

/** The subjects of one source, in the order of their numbers (`subject-columns.ts`). */
export interface StoredSubjects {
  readonly source: string;
  /** file name inside the store */
  readonly part: string;
  /** how many there are: each number of a row of the source is below it */
  readonly rows: number;
}

export interface StoredInput {
  readonly source: string;
  readonly table: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
}

/** What the description records of a file. */
export interface StoredFile {
  readonly bytes: number;
  readonly sha256: string;
  /** for a text file the lines after the header */
  readonly rows: number;
}

/** Counts of rows by standardising outcome, for one identifier column of one table. */
export interface StoredOutcomes {
  readonly source: string;
  readonly table: string;
  readonly column: string;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** The shapes of the cells of one code column: whether they look like codes of its system. */
export interface StoredCodes extends CodeCounts {
  readonly source: string;
  readonly table: string;
  readonly column: string;
  readonly system: CodeSystem;
  /** why the shapes were not checked; null where they were */
  readonly waived: string | null;
}

/** The number of opt-outs in each list and in the records: compared with the last run, to notice a sharp fall. */
export interface OptOutCounts {
  readonly register: Readonly<Record<string, number>> | null;
  readonly nationalAllowed: number | null;
  /** events in the records, coded or flagged; null where none are looked for */
  readonly coded: number | null;
  /** the same by `source/type`; absent where none are declared, and in stores of earlier versions */
  readonly codedByOrigin?: Readonly<Record<string, number>>;
  /** the state of the kept register that was read: changes, events, the digest of its chain, the day of its last change; absent where none is kept */
  readonly keptRegister?: {
    readonly changes: number;
    readonly events: number;
    readonly digest: string;
    readonly lastChange: string | null;
  };
  /** by name of each list of `optOuts.lists`: its events by type, or `allowed` numbers; absent where none is declared */
  readonly lists?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Everything that the linker needs from the provider's run, without any identifier. */
export interface StoreDescription {
  readonly formatVersion: typeof STORE_FORMAT_VERSION | typeof STORE_FORMAT_WITH_DECIDED;
  readonly pipeline: string;
  readonly runDate: string;
  readonly rulesVersion: number;
  readonly linkageKeyId: string;
  /** digest over inputs, layouts, key ids, rules version, agreed settings and run date */
  readonly address: string;
  /** what provider and linker must agree on: a digest by name of setting (`store/agreed-settings.ts`) */
  readonly settings: Readonly<Record<string, string>>;
  /** the content of the lists read above the boundary: a keyed digest by name of list, equal in all stores of a run */
  readonly lists: Readonly<Record<string, string>>;
  /** the dates that the provider's pipeline file states for opt-out lists, by name of list; absent in stores of earlier versions */
  readonly listDates?: Readonly<Record<string, string>>;
  readonly tables: readonly StoredTable[];
  /** of each source of these tables */
  readonly subjects: readonly StoredSubjects[];
  /** CSV of (kind, source, a, b): tokens of people who have opted out, and of those whom the national reply allows */
  readonly optOutTokens: string;
  /** tokens that come from the kept register alone; absent where none is kept */
  readonly decidedTokens?: string;
  readonly optOutCounts: OptOutCounts;
  /** by origin and practice: compared with earlier nights; absent in stores of earlier versions */
  readonly optOutTally?: OptOutTally;
  /** what the provider's pipeline file left out of opt-outs; absent in stores of earlier versions */
  readonly waivers?: readonly Waiver[];
  /** types of opt-outs that the provider's pipeline file switches off for this agreement; absent where it switches off none */
  readonly exempt?: readonly Exemption[];
  /** CSV of (a, b): tokens of sex|birth date|postcode at the busiest postcodes; absent where the pipeline file ignores none of them */
  readonly busyTuples?: string;
  /**
   * CSV of (a, b, nhs_a, nhs_b, local_a, local_b, opt_out): the witnesses; tokens of sex|birth date|postcode from rows that stay
   * above the boundary. Absent in stores of earlier versions, which must not be linked
   */
  readonly witnesses?: string;
  readonly inputs: readonly StoredInput[];
  /** how the files of each source were read, as a digest by name of source */
  readonly readings?: Readonly<Record<string, string>>;
  /** columns that are not read: those with a name of known words, and the number of all others */
  readonly undeclared: readonly {
    readonly file: string;
    readonly columns: readonly string[];
    readonly unnamed: number;
  }[];
  /** warnings of the checks above the identity boundary */
  readonly warnings: readonly Warning[];
  readonly receipts: readonly Receipt[];
  readonly outcomes: readonly StoredOutcomes[];
  /** absent in stores of earlier versions */
  readonly codes?: readonly StoredCodes[];
  /** CSV: file, line, column, reason */
  readonly quarantine: string;
  /** a person was erased from the store on each of these days (YYYY-MM-DD); absent where nobody was */
  readonly erasures?: readonly { readonly on: string }[];
  /** every file of the store but this description, by name */
  readonly files: Readonly<Record<string, StoredFile>>;
}

/** The content of `store.json`: the description, and its signature. */
export interface TokenStore extends StoreDescription {
  /** id of the store key, which a linker pins */
  readonly storeKeyId: string;
  /** the public half of the provider's store key, 64 hexadecimal digits */
  readonly publicKey: string;
  /** Ed25519 signature over everything above */
  readonly signature: string;
}

/** Signs a description and writes it, which completes the store. */
export function writeStore(directory: string, description: StoreDescription, key: StoreKey): TokenStore {
  const signed = { ...description, storeKeyId: key.id, publicKey: key.publicKey };
  const store: TokenStore = { ...signed, signature: key.sign(textOf(signed)) };
  writeFileSync(join(directory, STORE_FILE), textOf(store), { mode: 0o600 });
  return store;
}

/**
 * Reads the description of a store and checks its signature. The linker decides whose signature it accepts; `checkStoreFiles`
 * checks the content of the files.
 *
 * @throws TallystickError (exit 3) where there is no store, (exit 1) where it is of another version, damaged or changed
 */
export function readStore(directory: string): TokenStore {
  const file = join(directory, STORE_FILE);
  const text = readDescription(directory, file);
  const damaged = refused({ file, message: 'is damaged', wayOut: 'tokenise again' });
  let store: TokenStore;
  try {
    store = JSON.parse(text) as TokenStore;
  } catch {
    throw damaged;
  }
  if (typeof store !== 'object' || store === null || Array.isArray(store)) throw damaged;
  if (![STORE_FORMAT_VERSION, STORE_FORMAT_WITH_DECIDED].includes(store.formatVersion)) {
    throw refused({
      file,
      message: `is of format version ${Number(store.formatVersion)}, not ${STORE_FORMAT_VERSION} or ${STORE_FORMAT_WITH_DECIDED}`,
      wayOut: 'tokenise again with this version of tallystick',
    });
  }
  const { signature, ...signed } = store;
  // one content has one text, so that every byte of the file is covered by the signature
  if (textOf(store) !== text || !isSigned(textOf(signed), signature, store.publicKey)) {
    throw refused({
      file,
      message: 'is not what the provider signed: it is damaged, or was changed since',
      wayOut: 'fetch the store again from the provider, or tokenise again',
    });
  }
  if (store.storeKeyId !== storeKeyId(store.publicKey) || !isConsistent(store)) throw damaged;
  return store;
}

function readDescription(directory: string, file: string): string {
  try {
    return readPlainText(file);
  } catch (fault) {
    if (fault instanceof TallystickError) throw fault;
    throw environment({
      file: directory,
      message: 'there is no token store here',
      wayOut: 'make one with `tallystick tokenise`',
    });
  }
}

function textOf(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * True if the files named in the description have plain names and are listed, each with the rows of its table, and each source has its
 * subjects once.
 */
function isConsistent(store: TokenStore): boolean {
  const { files, tables, subjects, formatVersion, decidedTokens } = store;
  if ((decidedTokens === undefined) !== (formatVersion === STORE_FORMAT_VERSION)) return false;
  if (typeof files !== 'object' || files === null) return false;
  if (!Array.isArray(tables) || !Array.isArray(subjects)) return false;
  const named = filesOf(store);
  return (
    [...named, ...Object.keys(files)].every(isPlainName) &&
    new Set(named).size === named.length &&
    named.every((name) => Object.hasOwn(files, name as string)) &&
    store.tables.every(({ parts, rows }) => sum(parts.map((part) => files[part]!.rows)) === rows) &&
    store.subjects.every(({ part, rows }) => files[part]!.rows === rows) &&
    hasSubjectsOnce(store)
  );
}

function hasSubjectsOnce({ tables, subjects }: TokenStore): boolean {
  const sources = new Set(tables.map(({ source }) => source));
  return subjects.length === sources.size && subjects.every(({ source }) => sources.delete(source));
}

/** The files that a store's description names. */
function filesOf({
  tables,
  subjects,
  optOutTokens,
  decidedTokens,
  busyTuples,
  witnesses,
  quarantine,
}: TokenStore): unknown[] {
  const parts: unknown[] = [
    ...tables.flatMap((table) => table?.parts ?? [null]),
    ...subjects.map((one) => one?.part ?? null),
  ];
  const lists = [decidedTokens, busyTuples, witnesses].filter((file) => file !== undefined);
  return [...parts, optOutTokens, ...lists, quarantine];
}

/** A store may come from another site, and its quarantine list is kept with the run: so its files must be in its own folder. */
function isPlainName(name: unknown): boolean {
  return typeof name === 'string' && name !== STORE_FILE && /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
