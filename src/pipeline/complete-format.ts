import { dateFormatProblem } from '../domain/date-format.ts';
import type { Complain } from './complain.ts';
import type { FileFormat } from './file-format.ts';
import type { Path } from './locate.ts';
import type { FormatFile } from './schema.ts';

/** Fills in the defaults of a declared format: CSV in UTF-8. */
export function completeFormat(format: FormatFile, path: Path, complain: Complain): FileFormat {
  const complete = {
    delimiter: format.delimiter ?? ',',
    quote: format.quote ?? '"',
    encoding: format.encoding ?? 'utf-8',
  };
  if (complete.delimiter === complete.quote) {
    complain([...path, 'format'], 'delimiter and quote are the same character');
  }
  return complete;
}

/** The format of a date column of a list: its own, or that of the list. Without either, the column is faulty. */
export function completeDateFormat(
  column: string,
  pattern: string | undefined,
  path: Path,
  complain: Complain,
): string {
  if (pattern === undefined) {
    const way = 'give it one, or give the list a format.date';
    complain(path, `the date column ${column} has no format`, way, true);
    return '';
  }
  const fault = dateFormatProblem(pattern);
  if (fault !== null) complain(path, fault);
  return pattern;
}
