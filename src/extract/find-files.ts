import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Problem, refused } from '../domain/problem.ts';
import type { FilePattern, TableSpec } from '../pipeline/pipeline.ts';

/** One file of a table. */
export interface InputFile {
  /** absolute path */
  readonly path: string;
  /** the name used in messages, quarantine and manifest: as declared, the glob filled in */
  readonly shownAs: string;
  readonly bytes: number;
  /** when it was last written, in milliseconds since 1970 */
  readonly modified: number;
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly expect: FilePattern['expect'];
}

/**
 * The files of a table, sorted by name within each declared pattern.
 *
 * @throws TallystickError (exit 1) naming every pattern that finds nothing and every file that cannot be used
 */
export function findFiles(table: TableSpec): readonly InputFile[] {
  const problems: Problem[] = [];
  const files = table.files.flatMap((pattern): InputFile[] => {
    const names = namesFor(pattern.path);
    if (names.length === 0) {
      problems.push({
        file: pattern.shownAs,
        message: `no such file (${table.source}, ${table.name})`,
        wayOut: 'check the delivery, and the path: it starts from the pipeline file',
      });
    }
    return names.map((name) => {
      const path = join(dirname(pattern.path), name);
      const shownAs = join(dirname(pattern.shownAs), name);
      const stat = statSync(path);
      if (!stat.isFile()) problems.push({ file: shownAs, message: 'is not a regular file' });
      else if (stat.size === 0) {
        problems.push({
          file: shownAs,
          message: 'is empty: not even a header',
          wayOut: 'ask for the file again',
        });
      }
      const compression = name.endsWith('.gz') ? 'gzip' : name.endsWith('.zst') ? 'zstd' : 'none';
      return { path, shownAs, bytes: stat.size, modified: stat.mtimeMs, compression, expect: pattern.expect };
    });
  });
  if (problems.length > 0) throw refused(...problems);
  return files;
}

/** True if a file is the one that was found: what has been read of it, at different times, belongs together. */
export function isUnchanged({ path, bytes, modified }: InputFile): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.size === bytes && stat.mtimeMs === modified;
}

/** File names in the pattern's folder that its last part matches; `*` and `?` as in a shell, never a leading dot. */
function namesFor(path: string): string[] {
  const pattern = basename(path);
  if (!/[*?]/.test(pattern)) {
    return statSync(path, { throwIfNoEntry: false }) === undefined ? [] : [pattern];
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const matcher = new RegExp(`^${source}$`);
  let entries: string[];
  try {
    entries = readdirSync(dirname(path));
  } catch {
    return [];
  }
  return entries.filter((name) => !name.startsWith('.') && matcher.test(name)).sort();
}
