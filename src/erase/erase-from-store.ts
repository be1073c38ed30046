import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { StoreKey } from '../keys/store-key.ts';
import type { PartReader } from '../store/part-reader.ts';
import { checkStoreFiles } from '../store/store-files.ts';
import { SUBJECT_NUMBER } from '../store/subject-columns.ts';
import {
  readStore,
  type StoreDescription,
  type StoredFile,
  type TokenStore,
  writeStore,
} from '../store/token-store.ts';
import { DigestingFile } from '../write/digesting-file.ts';
import { systemProcesses } from '../write/process-probe.ts';
import { parseLeftover } from '../write/run-place.ts';
import { sealTree, syncPath } from '../write/sync-directory.ts';
import { isValid } from '../write/validity-bitmap.ts';
import { decidedWithout } from './decided-without.ts';
import { FewTokens, hasToken, readTokens, tokenAt } from './few-tokens.ts';
import { eachBatch, type FoundInStores, type StoreAt } from './find-in-store.ts';
import { rewritePart } from './rewrite-part.ts';
import { linesOf } from './token-lines.ts';

/** A store is readable by its owner only. */
const MODES = { file: 0o600, directory: 0o700 };

/** What leaves one store. */
export interface LeavingRows {
  /** by name of table */
  readonly tables: Readonly<Record<string, number>>;
  /** by name of source */
  readonly subjects: Readonly<Record<string, number>>;
  /** lines of lists of tokens, by name of file */
  readonly lines: Readonly<Record<string, number>>;
}

/** What is to be done with one store. */
export interface StorePlan {
  readonly at: StoreAt;
  readonly leaving: LeavingRows;
  /** tokens of the records that leave: rows that point at them leave too */
  readonly records: FewTokens;
}

/** True where nothing of the person is in a store. */
export function isNothingIn({ tables, subjects, lines }: LeavingRows): boolean {
  return [tables, subjects, lines].every((counts) => Object.keys(counts).length === 0);
}

/** Everything that leaves a store: the rows of the subjects, rows that point at these, and lines of lists. */
export function planStore(at: StoreAt, found: FoundInStores, numbers: FewTokens): StorePlan {
  const { directory, store } = at;
  const records = new FewTokens();
  let tables: Record<string, number> = {};
  // a record of a record is found in the second round, and so on
  for (let before = -1; before < records.size; ) {
    before = records.size;
    tables = {};
    for (const { source, table, parts } of store.tables) {
      eachBatch(
        directory,
        parts.map((part) => ({ source, part })),
        (part, batch) => {
          const rows = leavingRows(part, batch, found.subjects.get(source), records);
          if (rows.length > 0) tables[table] = (tables[table] ?? 0) + rows.length;
          const own = readTokens(part, batch, 'record');
          if (own === null) return;
          for (const row of rows) if (hasToken(own, row)) records.add(tokenAt(own, row));
        },
      );
    }
  }
  const lines = Object.fromEntries(
    listsOf(store).flatMap((name) => {
      const count = keptLines(join(directory, name), found, numbers).left;
      return count === 0 ? [] : [[name, count]];
    }),
  );
  if (store.decidedTokens !== undefined) {
    const { left } = decidedWithout(join(directory, store.decidedTokens), numbers);
    if (left > 0) lines[store.decidedTokens] = left;
  }
  const subjects = Object.fromEntries(
    store.subjects.flatMap(({ source }) => {
      const count = found.subjects.get(source)?.size ?? 0;
      return count === 0 ? [] : [[source, count]];
    }),
  );
  return { at, leaving: { tables, subjects, lines }, records };
}

/** Rows of the person’s subjects, and rows that point at a record that leaves. */
function leavingRows(
  part: PartReader,
  batch: number,
  subjects: ReadonlySet<number> | undefined,
  records: FewTokens,
): number[] {
  const rows = part.rowsOf(batch);
  const leaving = new Set<number>();
  if (subjects !== undefined && part.columns.some(({ name }) => name === SUBJECT_NUMBER)) {
    const { values, validity } = part.read(batch, SUBJECT_NUMBER);
    for (let row = 0; row < rows; row += 1) {
      const isThere = validity === null || isValid(validity, row);
      if (isThere && subjects.has((values as Int32Array)[row]!)) leaving.add(row);
    }
  }
  const parents = readTokens(part, batch, 'parent');
  if (parents !== null && records.size > 0) {
    for (const row of records.rowsIn(parents, rows)) leaving.add(row);
  }
  return [...leaving].sort((a, b) => a - b);
}

/**
 * Replaces a store by one without the person, signed anew. It is made beside the store and exchanged for it by two renames; a process
 * that dies between them leaves the old one under another name, and `recoverStore` puts it back.
 *
 * @param key the one that signed it
 * @param on YYYY-MM-DD, for the note
 */
export async function eraseFromStore(
  { at, leaving, records }: StorePlan,
  found: FoundInStores,
  numbers: FewTokens,
  key: StoreKey,
  on: string,
): Promise<void> {
  const { directory, store } = at;
  const [next, old] = ['partial', 'replaced'].map((what) =>
    join(dirname(resolve(directory)), `.${basename(resolve(directory))}.${what}-${systemProcesses.owner}`),
  ) as [string, string];
  mkdirSync(next, { mode: MODES.directory });
  try {
    const files: Record<string, StoredFile> = { ...store.files };
    for (const { source, part } of store.subjects) {
      if (leaving.subjects[source] === undefined) copyFileSync(join(directory, part), join(next, part));
      else files[part] = await withoutSubjects(directory, next, part, found.subjects.get(source)!);
    }
    for (const { source, table, parts } of store.tables) {
      const newNumbers = numbersAfter(store, source, found.subjects.get(source));
      for (const part of parts) {
        if (newNumbers === null && leaving.tables[table] === undefined) {
          copyFileSync(join(directory, part), join(next, part));
          continue;
        }
        files[part] = await rewritePart(
          join(directory, part),
          join(next, part),
          (reader, batch) => leavingRows(reader, batch, found.subjects.get(source), records),
          newNumbers,
        );
      }
    }
    for (const name of listsOf(store)) {
      const { text, lines } = keptLines(join(directory, name), found, numbers);
      files[name] = { ...(await writeList(join(next, name), Buffer.from(text, 'utf8'))), rows: lines };
    }
    if (store.decidedTokens !== undefined) {
      const { bytes, rows } = decidedWithout(join(directory, store.decidedTokens), numbers);
      files[store.decidedTokens] = { ...(await writeList(join(next, store.decidedTokens), bytes)), rows };
    }
    copyFileSync(join(directory, store.quarantine), join(next, store.quarantine));
    writeStore(next, descriptionWithout(store, leaving, files, on), key);
    await sealTree(next, MODES);
    await checkStoreFiles(next, readStore(next));
    renameSync(directory, old);
    renameSync(next, directory);
    await syncPath(dirname(resolve(directory)));
  } catch (fault) {
    rmSync(next, { recursive: true, force: true });
    if (!existsSync(directory) && existsSync(old)) renameSync(old, directory);
    throw fault;
  }
  rmSync(old, { recursive: true });
}

/**
 * Tidies after an erasure that died: puts the old store back if the new one was not moved in, and removes the rest. Call it with the
 * lock of the store held.
 */
export function recoverStore(directory: string, notice: (message: string) => void): void {
  const parent = dirname(resolve(directory));
  const name = basename(resolve(directory));
  for (const entry of readdirSync(parent).sort()) {
    const leftover = parseLeftover(entry);
    if (leftover?.runId !== name || !['partial', 'replaced'].includes(leftover.what)) continue;
    const path = join(parent, entry);
    if (leftover.what === 'replaced' && !existsSync(directory)) {
      renameSync(path, directory);
      notice(`put back the store ${directory}, which a process was replacing when it died`);
    } else {
      rmSync(path, { recursive: true });
      notice(`removed what a process that died had left beside the store ${directory}`);
    }
  }
}

async function withoutSubjects(
  directory: string,
  next: string,
  part: string,
  leaving: ReadonlySet<number>,
): Promise<StoredFile> {
  let from = 0;
  const firsts = new Map<number, number>();
  return rewritePart(
    join(directory, part),
    join(next, part),
    (reader, batch) => {
      if (!firsts.has(batch)) {
        firsts.set(batch, from);
        from += reader.rowsOf(batch);
      }
      const first = firsts.get(batch)!;
      return [...leaving]
        .filter((number) => number >= first && number < first + reader.rowsOf(batch))
        .map((number) => number - first)
        .sort((a, b) => a - b);
    },
    null,
  );
}

/** The number of each subject of a source once some have left: a number is the index in the part of the subjects. */
function numbersAfter(
  store: TokenStore,
  source: string,
  leaving: ReadonlySet<number> | undefined,
): Int32Array | null {
  if (leaving === undefined) return null;
  const { rows } = store.subjects.find((one) => one.source === source)!;
  let next = 0;
  return Int32Array.from({ length: rows }, (_, number) => (leaving.has(number) ? -1 : next++));
}

function listsOf({ optOutTokens, busyTuples, witnesses }: TokenStore): string[] {
  return [optOutTokens, busyTuples, witnesses].filter((name) => name !== undefined);
}

/** A list without the lines of the person’s number, subjects, and tuples without another number. */
function keptLines(
  path: string,
  { subjectTokens, tuples }: FoundInStores,
  numbers: FewTokens,
): { readonly text: string; readonly lines: number; readonly left: number } {
  const { header, lines } = linesOf(readFileSync(path, 'utf8'), path);
  const kept = lines.filter(({ tokens }) => {
    const [own, number] = [tokens.get(''), tokens.get('nhs')];
    if (number !== undefined) return !numbers.hasText(number);
    return own === undefined || ![numbers, subjectTokens, tuples].some((theirs) => theirs.hasText(own));
  });
  return {
    text: `${[header, ...kept.map(({ text }) => text)].join('\n')}\n`,
    lines: kept.length,
    left: lines.length - kept.length,
  };
}

function descriptionWithout(
  { storeKeyId: _, publicKey: __, signature: ___, ...store }: TokenStore,
  { tables, subjects }: LeavingRows,
  files: Readonly<Record<string, StoredFile>>,
  on: string,
): StoreDescription {
  return {
    ...store,
    tables: store.tables.map((one) => ({ ...one, rows: one.rows - (tables[one.table] ?? 0) })),
    subjects: store.subjects.map((one) => ({ ...one, rows: one.rows - (subjects[one.source] ?? 0) })),
    receipts: store.receipts.map((receipt) => {
      const rows = tables[receipt.table] ?? 0;
      if (rows === 0) return receipt;
      const { dropped, rowsOut } = receipt;
      return {
        ...receipt,
        rowsOut: rowsOut - rows,
        dropped: { ...dropped, erased: (dropped.erased ?? 0) + rows },
      };
    }),
    files,
    erasures: [...(store.erasures ?? []), { on }],
  };
}

async function writeList(
  path: string,
  bytes: Buffer,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const file = await DigestingFile.create(path, MODES.file);
  try {
    file.write([bytes]);
    return await file.finish();
  } catch (fault) {
    await file.discard();
    throw fault;
  }
}
