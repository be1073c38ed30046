import type { Problem } from '../../domain/problem.ts';
import { type InputFile, isUnchanged } from './find-files.ts';

/** Files that were written to since they were found, and files that are not those that the pipeline file expects. */
export function unexpectedFiles(files: readonly InputFile[], sha256: readonly string[]): Problem[] {
  const changed = files
    .filter((file) => !isUnchanged(file))
    .map(({ shownAs }) => ({
      file: shownAs,
      message: 'was written to while it was being read',
      wayOut: 'start the run when all deliveries are complete',
    }));
  const wrong = files
    .filter(({ expect }, index) => expect.sha256 !== null && expect.sha256 !== sha256[index])
    .map(({ shownAs }) => ({
      file: shownAs,
      message: 'is not the file that was expected: its SHA-256 differs',
      wayOut: 'check that the delivery is the one the pipeline file names',
    }));
  return [...changed, ...wrong];
}
