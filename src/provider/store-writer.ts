import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreKey } from '../keys/store-key.ts';
import { describeFiles, type KnownDigests } from '../store/store-files.ts';
import {
  type StoreDescription,
  type StoredTable,
  type TokenStore,
  writeStore,
} from '../store/token-store.ts';
import { FileDigester, type StampedDigest } from '../write/file-digester.ts';
import type { TokenisedTable } from './tokenise/tokenise-table.ts';

/** A store that was made in this process. */
export interface FilledStore {
  readonly store: TokenStore;
  /** what its files were when they were digested, so that nobody need digest them again */
  readonly digests: KnownDigests;
}

/** A part of a table, whose digest is being made. */
interface Part {
  readonly name: string;
  readonly rows: number;
  readonly digest: Promise<StampedDigest>;
}

/** Puts a token store together: digests of parts while others are still written, text files, names, the signed description. */
export class StoreWriter {
  readonly directory: string;
  readonly #digester = new FileDigester();
  readonly #tables: { readonly table: TokenisedTable; readonly parts: readonly Part[] }[] = [];

  /** @param directory an empty directory, 0700 */
  constructor(directory: string) {
    this.directory = directory;
  }

  /** Begins to digest a table's parts, in the background. */
  add(table: TokenisedTable): void {
    const parts = table.stored.parts.map((name, at): Part => {
      const digest = this.#digester.digest(join(this.directory, name));
      digest.catch(() => undefined); // a fault is met where the digest is awaited
      return { name, rows: table.rowsOfParts[at]!, digest };
    });
    this.#tables.push({ table, parts });
  }

  /**
   * Writes the text files, gives the parts their lasting names, and signs the description.
   *
   * @param texts by name
   */
  async finish(
    texts: ReadonlyMap<string, string>,
    description: Omit<StoreDescription, 'tables' | 'files'>,
    storeKey: StoreKey,
  ): Promise<FilledStore> {
    for (const [name, text] of texts) writeFileSync(join(this.directory, name), text, { mode: 0o600 });
    const tables: StoredTable[] = [];
    const known = new Map<string, { readonly digest: StampedDigest; readonly rows: number }>();
    for (const { table, parts } of this.#tables) {
      const names: string[] = [];
      for (const { name, rows, digest } of parts) {
        const lasting = name.replace(/\.parquet$/, `-${description.address.slice(0, 16)}.parquet`);
        known.set(lasting, { digest: await digest, rows }); // it is renamed once it has been read
        renameSync(join(this.directory, name), join(this.directory, lasting));
        chmodSync(join(this.directory, lasting), 0o600); // the engine makes files as open as the umask lets it
        names.push(lasting);
      }
      tables.push({ ...table.stored, parts: names });
    }
    const { files, digests } = await describeFiles(this.directory, known, this.#digester);
    return { store: writeStore(this.directory, { ...description, tables, files }, storeKey), digests };
  }

  async close(): Promise<void> {
    await this.#digester.close();
  }
}
