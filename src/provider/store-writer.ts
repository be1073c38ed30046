import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreKey } from '../keys/store-key.ts';
import { describeFiles, type KnownDigests } from '../store/store-files.ts';
import {
  type StoreDescription,
  type StoredSubjects,
  type StoredTable,
  type TokenStore,
  writeStore,
} from '../store/token-store.ts';
import { type StampedDigest, stampOf } from '../write/file-digester.ts';
import type { NamedPart } from './tokenise/read-files.ts';
import type { SubjectsPart } from './tokenise/subject-parts.ts';
import type { TokenisedTable } from './tokenise/tokenise-table.ts';

/** A store that was made in this process. */
export interface FilledStore {
  readonly store: TokenStore;
  /** what its files were when they were digested, so that they need not be digested again */
  readonly digests: KnownDigests;
}

/** A list of a store that is no text. */
export interface BinaryList {
  readonly bytes: Buffer;
  readonly rows: number;
}

/** Puts a token store together: parts, text files, their lasting names, the signed description. */
export class StoreWriter {
  readonly directory: string;
  readonly #tables: TokenisedTable[] = [];
  #subjects: readonly SubjectsPart[] = [];

  /** @param directory an empty directory, 0700 */
  constructor(directory: string) {
    this.directory = directory;
  }

  /** Takes a table whose parts are written. */
  add(table: TokenisedTable): void {
    this.#tables.push(table);
  }

  /** Takes the subjects of all sources, whose parts are written. */
  addSubjects(subjects: readonly SubjectsPart[]): void {
    this.#subjects = subjects;
  }

  /**
   * Writes the text files, gives the parts their lasting names, and signs the description.
   *
   * @param texts by name
   * @param lists those that are no text, by name
   */
  async finish(
    texts: ReadonlyMap<string, string>,
    lists: ReadonlyMap<string, BinaryList>,
    description: Omit<StoreDescription, 'tables' | 'subjects' | 'files'>,
    storeKey: StoreKey,
  ): Promise<FilledStore> {
    for (const [name, text] of texts) writeFileSync(join(this.directory, name), text, { mode: 0o600 });
    for (const [name, { bytes }] of lists) writeFileSync(join(this.directory, name), bytes, { mode: 0o600 });
    const tables: StoredTable[] = [];
    const known = new Map<string, { readonly digest: StampedDigest; readonly rows: number }>();
    const rename = ({ name, rows, bytes, sha256 }: NamedPart) => {
      const lasting = name.replace(/\.arrow$/, `-${description.address.slice(0, 16)}.arrow`);
      const path = join(this.directory, lasting);
      renameSync(join(this.directory, name), path);
      known.set(lasting, { digest: { bytes, sha256, stamp: stampOf(path)! }, rows });
      return lasting;
    };
    for (const { stored, parts } of this.#tables) tables.push({ ...stored, parts: parts.map(rename) });
    const subjects = this.#subjects.map(
      (part): StoredSubjects => ({ source: part.source, part: rename(part), rows: part.rows }),
    );
    const { files, digests } = await describeFiles(
      this.directory,
      known,
      new Map([...lists].map(([name, { rows }]) => [name, rows])),
    );
    return {
      store: writeStore(this.directory, { ...description, tables, subjects, files }, storeKey),
      digests,
    };
  }
}
