import { printableText } from '../../domain/printable-text.ts';

/** Where text goes: as much of a stream as the program uses, so that a test can be one. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Colours of a terminal (ECMA-48, SGR codes). */
const CODES = { red: 31, green: 32, yellow: 33, dim: 2 } as const;

/** The colours as they are written: the only escape sequences that leave the program, besides those of the progress line. */
const COLOURS = new RegExp(`(\u001b\\[(?:0|${Object.values(CODES).join('|')})m)`);

/** A text as it goes to a terminal, a pipe or a log: whatever names in it hold, nothing but this program's colours acts on a terminal. */
export function shownText(text: string): string {
  return text
    .split(COLOURS)
    .map((part, at) => (at % 2 === 1 ? part : printableText(part)))
    .join('');
}

/** Puts a text in a colour, or leaves it as it is. */
export type Paint = (colour: keyof typeof CODES, text: string) => string;

/** True where the cursor can be moved about. */
export function isLively(output: Output, environment: Environment): boolean {
  return output.isTTY === true && environment['TERM'] !== 'dumb';
}

/** Colours only on a terminal that has them, and never where NO_COLOR (https://no-color.org) is set to anything. */
export function paintFor(output: Output, environment: Environment): Paint {
  const isPlain = !isLively(output, environment) || (environment['NO_COLOR'] ?? '') !== '';
  return isPlain
    ? (_, text) => text
    : (colour, text) => `\u001b[${CODES[colour]}m${printableText(text)}\u001b[0m`;
}
