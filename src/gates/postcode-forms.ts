import { standardisePostcode } from '../domain/postcode.ts';
import { numberOf } from './distinct-sample.ts';
import type { Note, Setting } from './nhs-number-forms.ts';

/** The outward part of a postcode (domain reference, section 2), and all but the two letters of the inward part. */
const OUTWARD =
  '(?:[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9][ABEHMNPRVWXY]))';
const INWARD_LETTERS = /[ABD-HJLNP-UW-Z]{2}$/i;
/** The separator between the parts; in prose, not that of the members of a list. */
const GAPS: Readonly<Record<Setting, string>> = {
  cell: '[^0-9A-Za-z]{0,3}',
  prose: '[^0-9A-Za-z,;|\\n]{0,3}',
};
const ANY_LETTERS = '[A-Z]{2}';

/** Every text of the shape, at any position, with any two letters at its end. */
const SHAPE = Object.fromEntries(
  Object.entries(GAPS).map(([setting, gap]) => [
    setting,
    new RegExp(`(?:${OUTWARD}${gap}[0-9]${ANY_LETTERS}|GIR${gap}0AA)`, 'gi'),
  ]),
) as Readonly<Record<Setting, RegExp>>;
/** In running text "B12 1st" is a vitamin and its first dose, although B12 1ST could be a postcode. */
const ENDS_IN_ORDINAL = /[a-z][0-9]{1,2}[^0-9a-z]{1,3}(?:1st|2nd|3rd|[04-9]th)$/i;
/** Pseudo-postcodes name a circumstance (ZZ99 3VZ: no fixed abode), and no address. */
const PSEUDO = /(?<![0-9A-Za-z])ZZ99[^0-9A-Za-z]{0,3}[0-9][A-Z]{2}(?![0-9A-Za-z])/gi;
/** Two parts with a separator, as a whole value: a text that standardising repairs to a postcode, reading 0 as O and I as 1. */
const IN_TWO_PARTS = /^[^0-9A-Za-z]*([0-9A-Za-z]{2,4})[^0-9A-Za-z]{1,3}([0-9A-Za-z]{3})[^0-9A-Za-z]*$/;

/** Searches for postcodes in a text normalised by {@link readableText}. */
export function findPostcodes(given: string, setting: Setting, note: Note): void {
  const text = given.includes('99') ? given.replace(PSEUDO, '    ') : given;
  const shape = SHAPE[setting];
  shape.lastIndex = 0;
  let lastEnd = 0;
  for (let match = shape.exec(text); match !== null; match = shape.exec(text)) {
    const [found] = match;
    const { index } = match;
    const end = index + found.length;
    shape.lastIndex = index + 1; // a shape may begin inside another: AC12KWF898BR
    if (end === lastEnd) continue; // the W1A 2AA of an SW1A 2AA
    lastEnd = end;
    const isAlone = !isAlphanumeric(text.charCodeAt(index - 1)) && !isAlphanumeric(text.charCodeAt(end));
    if (found.length < text.length && ENDS_IN_ORDINAL.test(found)) continue;
    if (isAlone) note('postcode-alone', numberOf(found), () => INWARD_LETTERS.test(found));
    else if (setting === 'cell' || /^[0-9A-Za-z]+$/.test(found)) {
      note('postcode-in-word', numberOf(found.toLowerCase()), () => INWARD_LETTERS.test(found));
    }
  }
  if (setting === 'prose') return;
  const parts = IN_TWO_PARTS.exec(text);
  if (parts !== null && /[01OI]/i.test(text)) {
    const read = () => standardisePostcode(`${parts[1]} ${parts[2]}`).outcome === 'repaired';
    note('postcode-alone', numberOf(text), read);
  }
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
