import type { NhsNumber } from '../../domain/nhs-number.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { readSupersededNumbers } from '../extract/superseded-numbers.ts';
import { readListText } from '../opt-outs/read-list.ts';
import { readNumberLines } from './read-numbers.ts';

const LINES = {
  line: /^\s*([\d -]+?)\s*,?\s*$/,
  otherwise: 'is not an NHS number',
  wayOut: 'one invalid number makes the service refuse all: correct the lines, or take them out',
} as const;

/**
 * Reads a list of NHS numbers to ask about: one a line, a comma after it or not, each once. A superseded number becomes the current one.
 *
 * @throws TallystickError (exit 1) with every line that is faulty, twenty at most
 */
export function readNumberList(path: string, { link, synthetic }: Pipeline): readonly NhsNumber[] {
  const { text } = readListText({ file: path, shownAs: path }, 'list of NHS numbers');
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const superseded = readSupersededNumbers(link.supersededNumbers, synthetic);
  const numbers = readNumberLines(whole, path, LINES, synthetic);
  return [...new Set(numbers.map((number) => superseded.get(number) ?? number))];
}
