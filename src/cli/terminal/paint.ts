import { printableText } from '../../domain/printable-text.ts';

/** The part of a stream that the program uses, so that a test can supply one. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Colours of a terminal (ECMA-48, SGR codes). */
const CODES = { red: 31, green: 32, yellow: 33, dim: 2 } as const;

/** The escape sequences of the colours: the only ones that the program writes, besides those of the progress line. */
const COLOURS = new RegExp(`(\u001b\\[(?:0|${Object.values(CODES).join('|')})m)`);

/** A text for a terminal, a pipe or a log: control characters in names are escaped, and only this program's colours remain. */
export function shownText(text: string): string {
  return text
    .split(COLOURS)
    .map((part, index) => (index % 2 === 1 ? part : printableText(part)))
    .join('');
}

/** Colours a text, or leaves it unchanged. */
export type Paint = (colour: keyof typeof CODES, text: string) => string;

/** True where the cursor can be moved. */
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
