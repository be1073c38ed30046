import { type NhsNumber, standardiseNhsNumber } from '../../domain/nhs-number.ts';
import type { Problem } from '../../domain/problem.ts';
import { checkLines, numberFault } from '../opt-outs/read-list.ts';

/** What lines of numbers look like, and what to do where one does not. */
export interface NumberLines {
  /** a line, without its line end; the number is the first group */
  readonly line: RegExp;
  /** such as `is not an NHS number followed by a comma` */
  readonly otherwise: string;
  readonly wayOut: string;
}

/**
 * Reads NHS numbers, one a line, each once. Empty lines are passed over; the last line has a line end, or the file is cut off.
 *
 * @throws TallystickError (exit 1) with every line that is faulty, twenty at most
 */
export function readNumberLines(
  text: string,
  shownAs: string,
  { line: shape, otherwise, wayOut }: NumberLines,
  allowTestRange: boolean,
): NhsNumber[] {
  const faults: Problem[] = [];
  const lineOf = new Map<NhsNumber, number>();
  const lines = text.split('\n');
  const rest = lines.pop()!;
  for (const [index, line] of lines.entries()) {
    if (line === '' || line === '\r') continue;
    const place = { file: shownAs, line: index + 1 };
    const cell = shape.exec(line)?.[1];
    if (cell === undefined) {
      faults.push({ ...place, message: otherwise });
      continue;
    }
    const { value, outcome } = standardiseNhsNumber(cell, { allowTestRange });
    const before = value === null ? undefined : lineOf.get(value);
    if (value === null) faults.push({ ...place, message: numberFault(outcome) });
    else if (before !== undefined)
      faults.push({ ...place, message: `is the number of line ${before} again` });
    else lineOf.set(value, index + 1);
  }
  if (rest !== '') {
    const message = 'has no line end, so that the file may be cut off here';
    faults.push({ file: shownAs, line: lines.length + 1, message });
  }
  checkLines({ shownAs }, faults, wayOut);
  return [...lineOf.keys()];
}
