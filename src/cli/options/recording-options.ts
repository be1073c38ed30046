import { userInfo } from 'node:os';
import { printableText } from '../../domain/printable-text.ts';
import { usage } from '../../domain/problem.ts';
import { findIdentifier } from '../../gates/identifier-shapes.ts';

const MOST_CHARACTERS = 200;

/** Who records something: as given, else the user who runs the program. @throws TallystickError (exit 2) */
export function recorder(given: string | undefined): string {
  return storedText(given ?? userName(), '--by');
}

/** From which document something is recorded; null where none is named. @throws TallystickError (exit 2) */
export function documentOf(given: string | undefined): string | null {
  return given === undefined ? null : storedText(given, '--document');
}

/**
 * A text that is stored as it is: in one line, and without anything that looks like an identifier.
 *
 * @throws TallystickError (exit 2), without a character of it
 */
function storedText(text: string, option: string): string {
  const fault = textFault(text);
  if (fault === null) return text;
  throw usage({
    message: `${option} ${fault}`,
    wayOut: 'it is kept for ever, beside tokens: name no patient',
  });
}

function textFault(text: string): string | null {
  if (text.trim() === '') return 'is empty';
  if (text.length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS} characters`;
  if (/[\t\n]/.test(text) || printableText(text) !== text) return 'has characters that cannot be shown';
  const found = findIdentifier(text, [], null, 'prose') ?? findIdentifier(text, [], null, 'cell');
  return found === null ? null : `has something that looks like an identifier (${found})`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    throw usage({ message: 'this user has no name', wayOut: 'say who records this: --by NAME' });
  }
}
