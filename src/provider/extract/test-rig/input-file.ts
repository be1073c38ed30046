import { statSync } from 'node:fs';
import type { InputFile } from '../find-files.ts';

/** A file as it is found, of which nothing is expected. */
export function inputFileAt(path: string, compression: InputFile['compression'] = 'none'): InputFile {
  const { size, mtimeMs } = statSync(path);
  const expectations = { rows: null, sha256: null };
  return { path, shownAs: 'nasty', bytes: size, modified: mtimeMs, compression, expect: expectations };
}
