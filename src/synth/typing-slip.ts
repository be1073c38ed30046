import type { Random } from './random.ts';

/** Letters and digits that are read or typed for one another; the reader may repair them by position. */
const LOOKALIKES: Readonly<Record<string, string>> = { O: '0', '0': 'O', I: '1', '1': 'I' };

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Of slips in a postcode that could be either: the share that confuse 0 with O or 1 with I. */
const LOOKALIKE_SHARE = 0.5;

/**
 * A text with one digit or letter changed to another of its kind, or two neighbours transposed. Never the
 * same text.
 */
export function slip(text: string, random: Random): string {
  const position = random.below(text.length - 1);
  const here = text[position]!;
  const next = text[position + 1]!;
  if (random.chance(0.5) && here !== next && here !== ' ' && next !== ' ') {
    return text.slice(0, position) + next + here + text.slice(position + 2);
  }
  const replaced = here === ' ' ? position + 1 : position;
  return replaceAt(text, replaced, otherOfKind(text[replaced]!, random));
}

/** A slip as typists make it in a postcode: often 0 for O or 1 for I. */
export function slipInPostcode(postcode: string, random: Random): string {
  const confusable = [...postcode].findIndex((character) => character in LOOKALIKES);
  if (confusable >= 0 && random.chance(LOOKALIKE_SHARE)) {
    return replaceAt(postcode, confusable, LOOKALIKES[postcode[confusable]!]!);
  }
  return slip(postcode, random);
}

function otherOfKind(character: string, random: Random): string {
  const kind = DIGITS.includes(character) ? DIGITS : LETTERS;
  const step = 1 + random.below(kind.length - 1);
  return kind[(kind.indexOf(character) + step) % kind.length]!;
}

function replaceAt(text: string, position: number, character: string): string {
  return text.slice(0, position) + character + text.slice(position + 1);
}
