/** Sex: the NHS code 0 not known, 1 male, 2 female, 9 not specified. Rules: domain reference, section 3. */
import { bug } from './problem.ts';
import { found, missing, type Standardised } from './standardised.ts';
import { trimBlanks } from './standardised-text.ts';

/** Sex in its canonical form. */
export type Sex = '1' | '2';

export type SexCode = 0 | 1 | 2 | 9;

/** The meaning of a column's own texts, as declared in the pipeline file: `{ M: 1, F: 2, I: 9, U: 0 }`. */
export type SexMap = Readonly<Record<string, number>>;

/**
 * Every text a column may hold and its code: the declared texts, and the codes themselves where the map does not override
 * them. Texts are matched in upper or lower case, after trimming.
 */
function sexCodes(map: SexMap): ReadonlyMap<string, SexCode> {
  const codes = new Map<string, SexCode>([
    ['0', 0],
    ['1', 1],
    ['2', 2],
    ['9', 9],
  ]);
  for (const [text, code] of Object.entries(map)) {
    if (code !== 0 && code !== 1 && code !== 2 && code !== 9)
      throw bug('a sex map holds a code that is not 0, 1, 2 or 9');
    codes.set(trimBlanks(text), code);
  }
  return codes;
}

/** The sexes that a person may have, whose sex was read as the number 1 or 2, or as 0: it cannot be read. */
export function possibleSexes(sex: number): readonly Sex[] {
  if (sex === 1) return ['1'];
  return sex === 2 ? ['2'] : ['1', '2'];
}

/**
 * The canonical form of sex: '1' or '2'. Absent; a text with no code (invalid); 0 (not-known); 9
 * (not-specified); else valid. An empty cell is absent whatever is in the map.
 */
export function standardiseSex(text: string | null, map: SexMap): Standardised<Sex> {
  const trimmed = trimBlanks(text);
  if (trimmed === '') return missing('absent');
  switch (sexCodes(map).get(trimmed)) {
    case 1:
      return found('1');
    case 2:
      return found('2');
    case 0:
      return missing('not-known');
    case 9:
      return missing('not-specified');
    default:
      return missing('invalid');
  }
}
