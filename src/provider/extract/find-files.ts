import { isUtf8 } from 'node:buffer';
import { readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Problem, refused } from '../../domain/problem.ts';
import type { FilePattern, TableSpec } from '../../pipeline/pipeline.ts';

/** One file of a table. */
export interface InputFile {
  /** absolute path */
  readonly path: string;
  /** the name used in messages, quarantine and manifest: as declared, the wildcards filled in; or its number among the files, where that name may be a person's */
  readonly shownAs: string;
  readonly bytes: number;
  /** when it was last written, in milliseconds since 1970 */
  readonly modified: number;
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly expect: FilePattern['expect'];
}

/**
 * Whether the name of a file may be repeated in messages and in what is published.
 *
 * @param shownAs the whole name
 * @param matched what the wildcards of the pattern matched
 */
export type IsPresentable = (shownAs: string, matched: readonly string[]) => boolean;

/** The files of a table that can be used, and what is wrong with the others. */
export interface FoundFiles {
  readonly files: readonly InputFile[];
  readonly problems: readonly Problem[];
}

/**
 * The files of a table.
 *
 * @throws TallystickError (exit 1) naming every pattern that finds nothing and every file that cannot be used
 */
export function findFiles(table: TableSpec, isPresentable: IsPresentable = () => true): readonly InputFile[] {
  const { files, problems } = lookForFiles(table, isPresentable);
  if (problems.length > 0) throw refused(...problems);
  return files;
}

/**
 * The files of a table, sorted by name within each declared pattern. A file whose name is not repeated is called by its
 * number: `gp.events#2` is the second file of the table.
 */
export function lookForFiles(table: TableSpec, isPresentable: IsPresentable = () => true): FoundFiles {
  const problems: Problem[] = [];
  let number = 0;
  const files = table.files.flatMap((pattern): InputFile[] => {
    const { names, unreadable } = namesFor(pattern.path);
    if (unreadable > 0) {
      problems.push({
        file: pattern.shownAs,
        message: `matches ${unreadable} ${unreadable === 1 ? 'file' : 'files'} whose name is not UTF-8`,
        wayOut: 'rename it, or have it delivered under a name of plain letters and digits',
      });
    } else if (names.length === 0) {
      problems.push({
        file: pattern.shownAs,
        message: `no such file (${table.source}, ${table.name})`,
        wayOut: 'check the delivery, and the path: it starts from the pipeline file',
      });
    }
    return names.flatMap(({ name, matched }) => {
      const path = join(dirname(pattern.path), name);
      number += 1;
      const declaredAs = join(dirname(pattern.shownAs), name);
      const shownAs = isPresentable(declaredAs, matched)
        ? declaredAs
        : `${table.source}.${table.name}#${number}`;
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
        return [];
      }
      if (stat.size === 0) {
        problems.push({
          file: shownAs,
          message: 'is empty: not even a header',
          wayOut: 'ask for the file again',
        });
        return [];
      }
      const compression = name.endsWith('.gz') ? 'gzip' : name.endsWith('.zst') ? 'zstd' : 'none';
      return [
        { path, shownAs, bytes: stat.size, modified: stat.mtimeMs, compression, expect: pattern.expect },
      ];
    });
  });
  return { files, problems };
}

/** True if a file is the one that was found: what has been read of it, at different times, belongs together. */
export function isUnchanged({ path, bytes, modified }: InputFile): boolean {
  const stat = statOf(path);
  return stat?.size === bytes && stat.mtimeMs === modified;
}

/** The properties of a path in the file system; null where nothing can be found there. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null; // missing, a circle of links, a name that is too long, a folder that may not be looked into
  }
}

interface Names {
  /** in order, each with what the wildcards matched */
  readonly names: readonly { readonly name: string; readonly matched: readonly string[] }[];
  /** how many more there are that no text can name */
  readonly unreadable: number;
}

/**
 * File names in the pattern's folder that its last part matches; `*` and `?` as in a shell, never a leading dot. Names are
 * read as bytes: what is not UTF-8 would be read as another name, under which there is no file.
 */
function namesFor(path: string): Names {
  const pattern = basename(path);
  if (!/[*?]/.test(pattern)) {
    return { names: statOf(path) === null ? [] : [{ name: pattern, matched: [] }], unreadable: 0 };
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '(.*)')
    .replaceAll('?', '(.)');
  const matcher = new RegExp(`^${source}$`, 'su'); // a name may hold line ends, and `?` is a whole character
  let entries: Buffer[];
  try {
    entries = readdirSync(dirname(path), { encoding: 'buffer' });
  } catch {
    return { names: [], unreadable: 0 };
  }
  const found = entries.flatMap((bytes) => {
    const name = bytes.toString('utf8');
    const match = name.startsWith('.') ? null : matcher.exec(name);
    return match === null ? [] : [{ name, matched: match.slice(1), isText: isUtf8(bytes) }];
  });
  const names = found.filter(({ isText }) => isText);
  return {
    names: names.sort((a, b) => (a.name < b.name ? -1 : 1)),
    unreadable: found.length - names.length,
  };
}
