import { usage } from '../../domain/problem.ts';
import { findIdentifier } from '../../gates/identifier-shapes.ts';

/** Ten digits in any grouping, and nine, as a spreadsheet leaves them; with a mistyped check digit too. */
const LIKE_A_NUMBER = /^(?:--?[a-z-]+=)?\d(?:[\s-]?\d){8,9}$/i;

/**
 * Refuses arguments that are, or hold, an NHS number: every user of the machine sees arguments, and the shell keeps them.
 *
 * @throws TallystickError (exit 2), without a digit of it
 */
export function refuseNumbers(args: readonly string[]): void {
  const isNumber = (text: string) =>
    LIKE_A_NUMBER.test(text) || findIdentifier(text, [], null, 'prose') === 'NHS number';
  if (!args.some(isNumber)) return;
  throw usage({
    message: 'an argument is an NHS number',
    wayOut:
      'it is read from stdin, or asked for: arguments are seen by every user of the machine. Remove the line from the history of the shell',
  });
}
