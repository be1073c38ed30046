import { isFirstOfJanuary } from '../../domain/birth-date.ts';
import type { VectorInput } from '../../engine/vector-function.ts';
import { type TokenWords, tokenText, tokenWords } from '../../store/token-text.ts';
import { POSTCODE_PARAMETER } from './linking-tokens.ts';
import { type Demographics, isWhole, textAt } from './row-texts.ts';
import { type TokenColumn, wordsAt } from './token-column.ts';
import type { TokenKernel } from './token-kernel.ts';

/** The sexes that a person may have of whom it cannot be read. */
export const EITHER_SEX = ['1', '2'] as const;

/** Every `sex|birth date|postcode` that the person of a row may have, of one vector of rows. */
export class PossibleTuples {
  readonly #tokens: TokenKernel;
  readonly #input: VectorInput;
  readonly #demographics: Demographics;
  readonly #tuples: TokenColumn;

  /** @param tuples the tokens of the rows that have sex, birth date and postcode */
  constructor(tokens: TokenKernel, input: VectorInput, demographics: Demographics, tuples: TokenColumn) {
    this.#tokens = tokens;
    this.#input = input;
    this.#demographics = demographics;
    this.#tuples = tuples;
  }

  /** True of a row whose sex cannot be read. */
  isOfUnknownSex(row: number): boolean {
    return this.#demographics.sex[row] === 0;
  }

  /** True of a row without a birth date or a postcode that can be read: nobody can say which tuple its person has. */
  cannotBeKnown(row: number): boolean {
    const { birthDate, postcode } = this.#demographics;
    return birthDate[row] === 0 || postcode[row * 4] === 0;
  }

  /**
   * The tuple of a row; one for each sex where that cannot be read; none without birth date or postcode, and none of a 1 January, by
   * which nobody is looked for.
   */
  of(row: number): readonly TokenWords[] {
    if (this.cannotBeKnown(row)) return [];
    const digits = String(this.#demographics.birthDate[row]);
    const date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
    if (isFirstOfJanuary(date)) return [];
    if (isWhole(this.#demographics, row)) return [wordsAt(this.#tuples, row)];
    const home = textAt(this.#input, POSTCODE_PARAMETER, row);
    return EITHER_SEX.map((sex) =>
      tokenWords(tokenText(this.#tokens.tokenOf('sex|date-of-birth|postcode', `${sex}|${date}|${home}`))),
    );
  }
}
