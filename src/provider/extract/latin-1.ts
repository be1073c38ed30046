import { refused } from '../../domain/problem.ts';

/** Control characters that no text has in ISO 8859-1, where windows-1252 has a euro sign, dashes and curly quotes. */
const CONTROL = /[\x80-\x9f]/;

/**
 * Refuses a text as soon as it has one of the bytes 80 to 9F: it is windows-1252, and read as latin-1 its characters would be
 * replaced by control characters without a word.
 */
export class Latin1Check {
  readonly #file: string;
  #line = 1;

  /** @param file as it is shown in messages */
  constructor(file: string) {
    this.#file = file;
  }

  /**
   * @param text the next piece of the file, decoded
   * @throws TallystickError (exit 1) naming the physical line of the first such byte
   */
  check(text: string): void {
    const position = text.search(CONTROL);
    this.#line += lineEndsIn(position < 0 ? text : text.slice(0, position));
    if (position < 0) return;
    throw refused({
      file: this.#file,
      line: this.#line,
      message:
        'is not in the declared encoding: it has one of the bytes 80 to 9F, and latin-1 has no characters there',
      wayOut: 'declare the encoding it has: utf-8, windows-1252 (most likely), or utf-16',
    });
  }
}

function lineEndsIn(text: string): number {
  let count = 0;
  for (let position = text.indexOf('\n'); position >= 0; position = text.indexOf('\n', position + 1))
    count += 1;
  return count;
}
