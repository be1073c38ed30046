import { relative } from 'node:path';

/** A path as a person would type it: relative to the working folder if that is shorter. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path) || '.';
  return short.length < path.length ? short : path;
}
