import { parse } from 'csv-parse/sync';
import { type NhsNumber, standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { refused } from '../../domain/problem.ts';
import { readListText } from './read-list-text.ts';

const COLUMNS = ['superseded', 'current'];

/**
 * The NHS numbers of `pipeline.link.supersededNumbers` that are no longer in use, each with the one that replaces
 * it: where a current number was itself superseded, the last of the chain. CSV with the columns `superseded` and
 * `current`. A wrong line would give one person's records to another, so nothing about the list is tolerated.
 *
 * @param path null where the pipeline file names no such list
 * @param allowTestRange take numbers of the test range 900-999
 * @throws TallystickError (exit 1) naming the line of what is wrong
 */
export function readSupersededNumbers(
  path: string | null,
  allowTestRange: boolean,
): ReadonlyMap<NhsNumber, NhsNumber> {
  const next = new Map<NhsNumber, NhsNumber>();
  if (path === null) return next;
  const [header, ...lines] = readRecords(path);
  const names = header?.record.map((name) => name.trim()) ?? [];
  if (COLUMNS.some((name) => !names.includes(name))) {
    throw refused({ file: path, line: 1, message: `the header must name ${COLUMNS.join(' and ')}` });
  }
  const lineOf = new Map<NhsNumber, number>();
  for (const { record, info } of lines) {
    const [superseded, current] = COLUMNS.map((column) => {
      const { value } = standardiseNhsNumber(record[names.indexOf(column)] ?? '', { allowTestRange });
      if (value !== null) return value;
      throw refused({ file: path, line: info.lines, column, message: 'is not a valid NHS number' });
    }) as [NhsNumber, NhsNumber];
    if (next.has(superseded) && next.get(superseded) !== current) {
      throw refused({ file: path, line: info.lines, message: 'gives a second current number to one number' });
    }
    next.set(superseded, current);
    lineOf.set(superseded, info.lines);
  }
  return new Map([...next.keys()].map((number) => [number, lastOf(number, next, lineOf, path)]));
}

/** The number at the end of a chain. */
function lastOf(
  number: NhsNumber,
  next: ReadonlyMap<NhsNumber, NhsNumber>,
  lineOf: ReadonlyMap<NhsNumber, number>,
  path: string,
): NhsNumber {
  const walked = new Set([number]);
  let last = number;
  for (let following = next.get(number); following !== undefined; following = next.get(following)) {
    if (walked.has(following)) {
      const line = lineOf.get(number)!;
      throw refused({ file: path, line, message: 'leads back to the number it supersedes' });
    }
    walked.add(following);
    last = following;
  }
  return last;
}

function readRecords(path: string): { record: string[]; info: { lines: number } }[] {
  const text = readListText(path, path, {
    message: 'the list of superseded numbers is missing or cannot be read',
    wayOut: 'without it, people whose number has changed would be two: nothing was published',
  });
  try {
    return parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true, info: true }) as never;
  } catch {
    throw refused({ file: path, message: 'the list of superseded numbers is not readable as CSV' });
  }
}
