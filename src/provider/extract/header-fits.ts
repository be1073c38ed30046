import { looksLikeValue } from '../../domain/known-words.ts';
import { type Problem, refused } from '../../domain/problem.ts';
import type { InputFile } from './find-files.ts';
import type { Header } from './read-header.ts';

/**
 * A header that has lost its line end goes on with the first row, which is then not counted: an opt-out in it would be lost. Either no
 * row fits such a header, or there is no row besides.
 *
 * @param rows of the file, faulty ones included
 * @param rowsUnparsed of them, those with another number of cells than the header, or with faulty quotes
 * @throws TallystickError (exit 1), whatever share of faulty rows the source allows
 */
export function checkHeaderFits(file: InputFile, header: Header, rows: number, rowsUnparsed: number): void {
  const holdsValues = header.undeclared.some(looksLikeValue);
  if (rows === 0 ? !holdsValues : rowsUnparsed < rows) return;
  throw refused({
    file: file.shownAs,
    line: 1,
    message: rows === 0 ? 'there is a row in the header' : 'not one row fits the header',
    wayOut: 'look whether the header has lost its line end; ask for the file again',
  });
}

/** The problem of a file without rows, where its table does not allow one. */
export function emptyFile(file: InputFile): Problem {
  return {
    file: file.shownAs,
    message: 'has a header and no rows',
    wayOut: 'if that is right, say so in the pipeline file: allowEmpty: true',
  };
}
