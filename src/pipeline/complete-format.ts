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
