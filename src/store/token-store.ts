import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Warning } from '../domain/finding.ts';
import { environment, refused } from '../domain/problem.ts';
import type { Receipt } from '../domain/receipt.ts';

/** Name of the file that describes a token store. */
export const STORE_FILE = 'store.json';
export const STORE_FORMAT_VERSION = 1;

/** One table's rows below the identity boundary: tokens and payload in Parquet, a part for each input file. */
export interface StoredTable {
  readonly source: string;
  readonly table: string;
  /** file names inside the store */
  readonly parts: readonly string[];
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

/** Counts of rows by standardising outcome, for one identifier column of one table. */
export interface StoredOutcomes {
  readonly source: string;
  readonly table: string;
  readonly column: string;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** How many opt-outs each list and each source's codes came to: held against the last run, to notice a sharp fall. */
export interface OptOutCounts {
  readonly register: Readonly<Record<string, number>> | null;
  readonly registerUnusable: number;
  readonly nationalAllowed: number | null;
  readonly coded: number | null;
  /** the same by `source/type`; absent where none are declared, and in stores of earlier versions */
  readonly codedByOrigin?: Readonly<Record<string, number>>;
}

/** What stands in `store.json`: everything the second half of a run needs to know, and no identifier. */
export interface TokenStore {
  readonly formatVersion: typeof STORE_FORMAT_VERSION;
  readonly pipeline: string;
  readonly runDate: string;
  readonly rulesVersion: number;
  readonly linkageKeyId: string;
  /** digest over inputs, layouts, key id, rules version and run date */
  readonly address: string;
  readonly tables: readonly StoredTable[];
  /** Parquet of (kind, source, a, b): tokens of people who have opted out, and those the national reply allows */
  readonly optOutTokens: string;
  readonly optOutCounts: OptOutCounts;
  /** CSV of (a, b): tokens of sex|birth date|postcode at the busiest postcodes; absent where the pipeline file ignores none of them */
  readonly busyTuples?: string;
  readonly inputs: readonly StoredInput[];
  /** how the files of each source were read, as a digest by name of source; absent in stores of earlier versions */
  readonly readings?: Readonly<Record<string, string>>;
  readonly undeclared: readonly { readonly file: string; readonly columns: readonly string[] }[];
  /** what checks above the identity boundary found and did not stop for */
  readonly warnings: readonly Warning[];
  readonly receipts: readonly Receipt[];
  readonly outcomes: readonly StoredOutcomes[];
  /** CSV: file, line, column, reason */
  readonly quarantine: string;
}

export function writeStore(directory: string, store: TokenStore): void {
  writeFileSync(join(directory, STORE_FILE), `${JSON.stringify(store, null, 2)}\n`, { mode: 0o600 });
}

/** @throws TallystickError (exit 3) where there is no store, (exit 1) where it is of another version */
export function readStore(directory: string): TokenStore {
  let text: string;
  try {
    text = readFileSync(join(directory, STORE_FILE), 'utf8');
  } catch {
    throw environment({
      file: directory,
      message: 'there is no token store here',
      wayOut: 'make one with `tallystick tokenise`',
    });
  }
  const damaged = refused({
    file: join(directory, STORE_FILE),
    message: 'is damaged',
    wayOut: 'tokenise again',
  });
  let store: TokenStore;
  try {
    store = JSON.parse(text) as TokenStore;
  } catch {
    throw damaged;
  }
  if (typeof store !== 'object' || store === null) throw damaged;
  if (store.formatVersion !== STORE_FORMAT_VERSION) {
    throw refused({
      file: join(directory, STORE_FILE),
      message: `is of format version ${store.formatVersion}, not ${STORE_FORMAT_VERSION}`,
      wayOut: 'tokenise again with this version of tallystick',
    });
  }
  if (!filesOf(store).every(isPlainName)) throw damaged;
  return store;
}

/** The files of a store, as it names them itself. */
function filesOf({ tables, optOutTokens, busyTuples, quarantine }: TokenStore): unknown[] {
  const parts: unknown[] = Array.isArray(tables) ? tables.flatMap((table) => table?.parts ?? [null]) : [null];
  return [...parts, optOutTokens, ...(busyTuples === undefined ? [] : [busyTuples]), quarantine];
}

/** A store may come from elsewhere, and its quarantine list is published: its files are its own, and no others. */
function isPlainName(name: unknown): boolean {
  return typeof name === 'string' && /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name);
}
