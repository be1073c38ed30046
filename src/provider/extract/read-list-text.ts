import { refused, TallystickError } from '../../domain/problem.ts';
import { readPlainFile } from '../../read-plain-file.ts';
import { refuseOtherFormatsOfList } from './recognise-format.ts';

/** The problem of a list that does not exist. */
interface Missing {
  readonly message: string;
  readonly wayOut: string;
}

/**
 * The text of a list, without a byte order mark. Lists are read as they are: none is unpacked.
 *
 * @param shownAs what it is called in messages
 * @throws TallystickError (exit 1) for one that is missing, cannot be read, or is something else than text in UTF-8
 */
export function readListText(path: string, shownAs: string, missing: Missing): string {
  let bytes: Buffer;
  try {
    bytes = readPlainFile(path, shownAs);
  } catch (fault) {
    if (fault instanceof TallystickError) throw fault;
    throw refused({ file: shownAs, ...missing });
  }
  refuseOtherFormatsOfList(bytes, shownAs);
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}
