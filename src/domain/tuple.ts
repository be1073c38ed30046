import type { BirthDate } from './birth-date.ts';
import type { Branded } from './branded.ts';
import type { Postcode } from './postcode.ts';
import type { Sex } from './sex.ts';

/** Sex, birth date and postcode of one person as the text that is hashed. */
export type TupleText = Branded<string, 'tuple'>;

/** The text of a tuple: its parts in their canonical forms, joined by `|`. A tuple with a part missing has none. */
export function tupleText(sex: Sex, birthDate: BirthDate, postcode: Postcode): TupleText {
  return `${sex}|${birthDate}|${postcode}` as TupleText;
}
