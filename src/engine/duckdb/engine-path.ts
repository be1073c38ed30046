import { sep } from 'node:path';
import { environment } from '../../domain/problem.ts';

/*
 * DuckDB takes every path that it reads for a pattern: `events[1].csv` matches `events1.csv`, and another person's rows are
 * read. A class of one character matches just that character. What it writes, spills into or is allowed to touch is
 * taken as it is written, but the pattern of a path is compared with what is allowed as well, so both forms are allowed.
 */

/** Characters that make a pattern of a path (DuckDB 1.5.6); braces, commas and quotes mean nothing there. */
const PATTERN_CHARACTERS = /[[*?]/g;

/** A beginning of a path that the engine would not take for the name of a folder, such as `~` and `s3:`. */
const HAS_MEANING = /^(?:~|[A-Za-z0-9+.-]{2,}:)/;

/**
 * A path as the pattern that matches this path and no other.
 *
 * @throws TallystickError (exit 3) for a path that no pattern can name: DuckDB takes a backslash in a pattern for a
 * separator of folders
 */
export function exactPattern(path: string): string {
  const pattern = plainPath(path).replaceAll(PATTERN_CHARACTERS, '[$&]');
  if (pattern !== plainPath(path) && sep === '/' && path.includes('\\')) {
    throw environment({
      file: path,
      message: 'a path with a backslash and one of [ * ? cannot be read',
      wayOut: 'rename the file or the folder',
    });
  }
  return pattern;
}

/** A path as the engine must be allowed it, for reading and for writing. */
export function allowedForms(path: string): readonly string[] {
  const plain = plainPath(path);
  return [...new Set([plain, plain.replaceAll(PATTERN_CHARACTERS, '[$&]')])];
}

/** A path as the engine writes to it: no beginning of it means anything but a folder's or a file's name. */
export function plainPath(path: string): string {
  return HAS_MEANING.test(path) ? `./${path}` : path;
}
