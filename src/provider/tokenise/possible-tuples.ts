import { birthDateOf, isFirstOfJanuary } from '../../domain/birth-date.ts';
import { possibleSexes } from '../../domain/sex.ts';
import { tupleText } from '../../domain/tuple.ts';
import { type TokenWords, tokenText, tokenWords } from '../../store/token-text.ts';
import type { TupleParts } from '../extract/row-vector.ts';
import type { Birth } from './known-births.ts';
import { isWhole, postcodeOf } from './row-texts.ts';
import { type TokenColumn, wordsAt } from './token-column.ts';
import type { TokenKernel } from './token-kernel.ts';

/** Every `sex|birth date|postcode` that the person of a row may have, of one vector of rows. */
export class PossibleTuples {
  readonly #tokens: TokenKernel;
  readonly #demographics: TupleParts;
  readonly #tuples: TokenColumn;
  readonly #birthsOf: ((row: number) => readonly Birth[]) | null;

  /**
   * @param tuples the tokens of the rows that have sex, birth date and postcode
   * @param birthsOf of the addresses, every birth that the patient of a row may have; null of other tables
   */
  constructor(
    tokens: TokenKernel,
    demographics: TupleParts,
    tuples: TokenColumn,
    birthsOf: ((row: number) => readonly Birth[]) | null,
  ) {
    this.#tokens = tokens;
    this.#demographics = demographics;
    this.#tuples = tuples;
    this.#birthsOf = birthsOf;
  }

  /** True of a row whose sex cannot be read. */
  isOfUnknownSex(row: number): boolean {
    return this.#demographics.sex[row] === 0;
  }

  /** True of a row without a birth date or a postcode that can be read: the tuple of its person is unknown. */
  cannotBeKnown(row: number): boolean {
    const { birthDate, postcode } = this.#demographics;
    return birthDate[row] === 0 || postcode[row * 4] === 0;
  }

  /**
   * The tuple of a row; one for each sex where that cannot be read; none without birth date or postcode, and none of a 1 January, by
   * which no subject is linked.
   */
  of(row: number): readonly TokenWords[] {
    const { birthDate, postcode, sex } = this.#demographics;
    if (isWhole(this.#demographics, row))
      return birthDate[row]! % 10_000 === 101 ? [] : [wordsAt(this.#tuples, row)];
    if (postcode[row * 4] === 0) return [];
    if (birthDate[row] === 0) return (this.#birthsOf?.(row) ?? []).flatMap((one) => this.#made(row, one));
    return this.#made(row, { sex: sex[row]!, birthDate: birthDateOf(birthDate[row]!) });
  }

  #made(row: number, { sex, birthDate }: Birth): TokenWords[] {
    if (isFirstOfJanuary(birthDate)) return [];
    const home = postcodeOf(this.#demographics, row);
    return possibleSexes(sex).map((one) =>
      tokenWords(
        tokenText(this.#tokens.tokenOf('sex|date-of-birth|postcode', tupleText(one, birthDate, home))),
      ),
    );
  }
}
