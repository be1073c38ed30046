import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, refused } from '../domain/problem.ts';
import { digestFile } from '../write/digest-file.ts';
import { FileDigester, type FileStamp, type StampedDigest, stampOf } from '../write/file-digester.ts';
import { STORE_FILE, type StoredFile, type TokenStore } from './token-store.ts';

/** Digests that this program has worked out, in this process or in one that it started, by absolute path. */
export type KnownDigests = ReadonlyMap<string, StampedDigest>;

/** The state of every file of the stores when its digest was checked, by absolute path. */
export type CheckedFiles = ReadonlyMap<string, FileStamp>;

const FETCH_AGAIN = 'fetch the store again from the provider, or tokenise again';

/**
 * Digests of a store's files, for its description: every file in the folder, whatever its purpose.
 *
 * @param parts digests and rows of the parts, which are already known, by name
 * @param rows of files that are no text, by name
 */
export async function describeFiles(
  directory: string,
  parts: ReadonlyMap<string, { readonly digest: StampedDigest; readonly rows: number }>,
  rows: ReadonlyMap<string, number> = new Map(),
): Promise<{ readonly files: Readonly<Record<string, StoredFile>>; readonly digests: KnownDigests }> {
  const files: Record<string, StoredFile> = {};
  const digests = new Map<string, StampedDigest>();
  for (const name of readdirSync(directory).sort()) {
    const path = join(directory, name);
    const part = parts.get(name);
    const digest = part === undefined ? await stamped(path) : sameFile(part.digest, path);
    files[name] = {
      bytes: digest.bytes,
      sha256: digest.sha256,
      rows: part?.rows ?? rows.get(name) ?? linesBelowHeader(path),
    };
    digests.set(path, digest);
  }
  return { files, digests };
}

/** The digest of a file that this program has just written. The text files of a store are small: a thread would take longer to start. */
async function stamped(path: string): Promise<StampedDigest> {
  return { ...(await digestFile(path)), stamp: stampOf(path)! };
}

/** A part that was renamed after it was digested. A rename changes only the time of the last change (ctime). */
function sameFile(digest: StampedDigest, path: string): StampedDigest {
  const stamp = stampOf(path);
  const { device, inode, bytes, modified } = digest.stamp;
  const isSame =
    stamp?.device === device && stamp.inode === inode && stamp.bytes === bytes && stamp.modified === modified;
  if (!isSame) throw refused({ file: path, message: 'was changed while the store was being made' });
  return { ...digest, stamp };
}

/** The text files of a store are small, and end with a line feed. */
function linesBelowHeader(path: string): number {
  return readFileSync(path, 'utf8').split('\n').length - 2;
}

/**
 * Checks every file of a store against its description: there, whole, and no other beside it. A file that this program
 * has digested itself, and that has not changed since, is not digested again.
 *
 * @param known digests of this program; none where the store was made elsewhere
 * @returns in which state they were checked, for `assertUnchanged`
 * @throws TallystickError (exit 1) naming every file that is not what the provider wrote
 */
export async function checkStoreFiles(
  directory: string,
  { files }: TokenStore,
  known: KnownDigests = new Map(),
): Promise<CheckedFiles> {
  const problems = [...unlisted(directory, files)];
  const checked = new Map<string, FileStamp>();
  const digester = new FileDigester();
  try {
    for (const [name, { bytes, sha256 }] of Object.entries(files)) {
      const path = join(directory, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      const wrong = (message: string) => problems.push({ file: path, message, wayOut: FETCH_AGAIN });
      if (stat === undefined) wrong('is missing from the token store');
      else if (!stat.isFile()) wrong('is not a plain file');
      else if (stat.size !== bytes) wrong(`has ${stat.size} bytes; the provider wrote ${bytes}`);
      else {
        const ours = known.get(path);
        const isOurs = ours !== undefined && isSame(stampOf(path), ours.stamp);
        const digest = isOurs ? ours : await digester.digest(path).catch(() => null);
        if (digest === null) wrong('cannot be read, or is being written to');
        else if (digest.sha256 !== sha256) wrong('is not what the provider wrote: its SHA-256 differs');
        else checked.set(path, digest.stamp);
      }
    }
  } finally {
    await digester.close();
  }
  if (problems.length > 0) throw refused(...problems);
  return checked;
}

/** The provider did not write a file that is in the folder and not in the description. */
function unlisted(directory: string, files: TokenStore['files']): Problem[] {
  return readdirSync(directory)
    .filter((name) => name !== STORE_FILE && !Object.hasOwn(files, name))
    .sort()
    .map((name) => ({
      file: join(directory, name),
      message: 'is not a file of this token store',
      wayOut:
        'a store holds what the provider wrote and nothing else: move it away, or fetch the store again',
    }));
}

/**
 * Asserts that the files that were read are those that were checked: called after the last read, before publishing.
 *
 * @throws TallystickError (exit 1) naming every file that was written to or exchanged since
 */
export function assertUnchanged(checked: CheckedFiles): void {
  const changed = [...checked].filter(([path, stamp]) => !isSame(stampOf(path), stamp));
  if (changed.length === 0) return;
  throw refused(
    ...changed.map(([path]) => ({
      file: path,
      message: 'was changed while the store was being linked',
      wayOut: 'nothing was published; make sure that nobody else writes to the store, and link again',
    })),
  );
}

function isSame(a: FileStamp | null, b: FileStamp): boolean {
  return a !== null && (Object.keys(b) as (keyof FileStamp)[]).every((key) => a[key] === b[key]);
}
