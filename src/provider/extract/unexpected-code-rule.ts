import { MOST_CUT, writtenFor, writtenForDigit } from '../../domain/damaged-code.ts';
import {
  LONG_IDENTIFIER,
  type OptOutCodeTable,
  plainOptOutCodes,
  readOptOutCell,
} from '../../domain/opt-out-codes.ts';
import type { CodeSystem } from '../../domain/role.ts';
import { EXPONENT_MARK } from '../../domain/scientific-number.ts';
import { rememberVerdicts } from './remember-verdicts.ts';
import { writtenPattern } from './written-pattern.ts';

/** Characters of `8E+14`, the shortest text that rounding leaves of an identifier. */
const SHORTEST_ROUNDED = 5;
/** Digits of a plain number that the rule is not asked of, unless a shorter identifier is declared. */
const MOST_DIGITS = 9;

/**
 * Whether a cell of a column in which no opt-out is coded (a category, codes of another system, a number) is, or may be, an opt-out
 * code. A filter lets through what may be one, and then the rule of the domain is asked.
 */
export class UnexpectedCodeRule {
  /** a plain number of at most so many digits is in no case such a code */
  readonly safeDigits: number;
  readonly isCode: (cell: string) => boolean;

  constructor(system: CodeSystem | null, codes: OptOutCodeTable) {
    const mayBe = codeFilter(codes);
    this.isCode = rememberVerdicts(
      (cell) => mayBe(cell) && readOptOutCell(system ?? 'local', cell, codes) !== 'none',
    );
    this.safeDigits = safeDigits(codes);
  }
}

/**
 * Cut identifiers have MOST_CUT digits fewer; what is not longer than all of them, rounded or not, is none. Neither is what is shorter than
 * a Read code that can be written in digits alone.
 */
function safeDigits({ codes }: OptOutCodeTable): number {
  const most = codes.flatMap(({ system, code }) => {
    if (system === 'snomed') return [code.length - MOST_CUT - 1];
    return [...code].every((one) => /[0-9]/.test(writtenFor(one))) ? [code.length - 1] : [];
  });
  return Math.max(0, Math.min(MOST_DIGITS, ...most));
}

/**
 * A filter that lets through too much: anything with a character that is not ASCII, a code with whatever is written between its
 * characters, half of an identifier, and what rounding may have left.
 */
export function codeFilter({ codes }: OptOutCodeTable): (cell: string) => boolean {
  const shortest = Math.min(SHORTEST_ROUNDED, ...codes.map(({ code }) => code.length));
  const identifiers = codes.flatMap(({ system, code }) => (system === 'snomed' ? [code] : []));
  const lengths = [...new Set(identifiers.map(({ length }) => length))];
  // the rule takes any blanks for one space
  const mark = EXPONENT_MARK.replaceAll(' ?', '\\s*');
  const pattern = [
    '[^\\x00-\\x7f]',
    ...codes.flatMap(({ system, code }) => (system === 'snomed' ? [] : [writtenPattern(code)])),
    ...identifiers.flatMap((code) =>
      code.length < LONG_IDENTIFIER ? [[...code].join('[^0-9]*')] : partsOfDamaged(code).map(digitsPattern),
    ),
    ...lengths.map((length) => `[0-9]{${length - 2}}00`),
    `[0-9](?:[.,][0-9]*${mark}[+]?|${mark}[+])[0-9]`,
  ].join('|');
  const expression = new RegExp(pattern);
  return (cell) => Buffer.byteLength(cell) >= shortest && expression.test(cell);
}

/**
 * Whether a key is an opt-out code as most systems write it: of a row in which key and code changed places. Keys are as many
 * as patients, so that they are compared with a list, and only those of the length of a code.
 */
export class CodeForKeyRule {
  readonly #forms: ReadonlySet<string>;
  readonly #lengths: readonly boolean[];

  constructor(codes: OptOutCodeTable) {
    const forms = plainOptOutCodes(codes);
    this.#forms = new Set(forms);
    const lengths: boolean[] = [];
    for (const form of forms) lengths[Buffer.byteLength(form)] = true;
    this.#lengths = lengths;
  }

  /** @param bytes of the key, in UTF-8 */
  mayHaveLength(bytes: number): boolean {
    return this.#lengths[bytes] === true;
  }

  isCode(key: string): boolean {
    return this.#forms.has(key);
  }
}

/**
 * Parts of an identifier, one of which one damage always leaves: its halves, or both where two neighbours are swapped that
 * are not of the same half.
 */
function partsOfDamaged(code: string): string[] {
  const half = Math.floor(code.length / 2);
  const [start, end] = [code.slice(0, half), code.slice(half)];
  return [start, end, `${start.slice(0, -1)}${end[0]}${start.at(-1)}${end.slice(1)}`];
}

/** Digits in every way that they are written for, with separators in between. */
function digitsPattern(digits: string): string {
  return [...digits].map((digit) => `[${writtenForDigit(digit)}]`).join('[^0-9]*');
}
