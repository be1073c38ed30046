import { readdirSync, type Stats, statSync } from 'node:fs';
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
    return names.flatMap((name) => {
      const path = join(dirname(pattern.path), name);
      const shownAs = join(dirname(pattern.shownAs), name);
      const stat = statOf(path);
      if (stat === null) {
        problems.push({
          file: shownAs,
          message: 'cannot be found under its name: it is a broken link, or its name is not UTF-8',
          wayOut: 'have it delivered under another name',
        });
        return [];
      }
      if (!stat.isFile()) {
        const message = `is not a regular file${stat.isDirectory() ? ', but a folder' : ''}`;
        problems.push({ file: shownAs, message });
      } else if (stat.size === 0) {
        problems.push({
          file: shownAs,
          message: 'is empty: not even a header',
          wayOut: 'ask for the file again',
        });
      }
      const compression = name.endsWith('.gz') ? 'gzip' : name.endsWith('.zst') ? 'zstd' : 'none';
      return [
        { path, shownAs, bytes: stat.size, modified: stat.mtimeMs, compression, expect: pattern.expect },
      ];
    });
  });
  if (problems.length > 0) throw refused(...problems);
  return files;
}

/** True if a file is the one that was found: what has been read of it, at different times, belongs together. */
export function isUnchanged({ path, bytes, modified }: InputFile): boolean {
  const stat = statOf(path);
  return stat?.size === bytes && stat.mtimeMs === modified;
}

/** What the file system says of a path; null where nothing can be found there. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null; // missing, a circle of links, a name that is too long, a folder that may not be looked into
  }
}

/** File names in the pattern's folder that its last part matches; `*` and `?` as in a shell, never a leading dot. */
function namesFor(path: string): string[] {
  const pattern = basename(path);
  if (!/[*?]/.test(pattern)) {
    return statOf(path) === null ? [] : [pattern];
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const matcher = new RegExp(`^${source}$`, 'su'); // a name may hold line ends, and `?` is a whole character
  let entries: string[];
  try {
    entries = readdirSync(dirname(path));
  } catch {
    return [];
  }
  return entries.filter((name) => !name.startsWith('.') && matcher.test(name)).sort();
}
