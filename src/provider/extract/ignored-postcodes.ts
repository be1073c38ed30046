import { type Postcode, standardisePostcode } from '../../domain/postcode.ts';
import { refused } from '../../domain/problem.ts';
import { readListText } from './read-list-text.ts';

/** What begins a comment, on a line of its own or behind a postcode: no postcode holds it. */
const COMMENT = '#';

/**
 * The postcodes of `pipeline.link.ignorePostcodes`, which too many people share to be linked by: a file of one postcode a
 * line, in any form in which postcodes arrive, with blank lines and comments behind `#`. A line that was misread would let
 * strangers be linked, so nothing about it is tolerated. A list without any postcode ignores none.
 *
 * @param path null where the pipeline file names no such list
 * @param shownAs what the file is called in messages
 * @throws TallystickError (exit 1) for a file that cannot be read, and for a line that is not a postcode
 */
export function readIgnoredPostcodes(path: string | null, shownAs = path ?? ''): ReadonlySet<Postcode> {
  const postcodes = new Set<Postcode>();
  if (path === null) return postcodes;
  const text = readListText(path, shownAs, {
    message: 'the list of ignored postcodes is missing or cannot be read',
    wayOut: 'without it, people who share such a postcode would be linked: nothing was published',
  });
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [written = ''] = line.split(COMMENT);
    const { value, outcome } = standardisePostcode(written);
    if (value !== null) postcodes.add(value);
    else if (outcome !== 'absent') {
      const location = { file: shownAs, line: index + 1 };
      throw outcome === 'pseudo'
        ? refused({ ...location, message: 'is no address', wayOut: 'nobody is linked by it: leave it out' })
        : refused({ ...location, message: 'is not a postcode' });
    }
  }
  return postcodes;
}
