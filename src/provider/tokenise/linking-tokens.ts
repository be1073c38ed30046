import type { Postcode } from '../../domain/postcode.ts';
import { ROW_FLAG } from '../../domain/row-flag.ts';
import { BATCH } from '../../kernel/hmac-kernel.ts';
import { COMPARED_FIELD_KINDS, type ComparedField, type TokenPlan } from '../../store/token-plan.ts';
import { type Demographics, TEXT_WORDS, type TextColumn } from '../extract/row-vector.ts';
import { hasNhsNumber, isWhole, postcodeOf, type RowTexts } from './row-texts.ts';
import { SeenSubjects } from './seen-subjects.ts';
import { HalfTokenColumn, type TokenColumn } from './token-column.ts';
import type { TokenKernel } from './token-kernel.ts';

/** Flags that only the first row of a subject has. */
const OF_FIRST_ROWS =
  ROW_FLAG.first |
  ROW_FLAG.nhsNumber |
  ROW_FLAG.sexBirthDatePostcode |
  ROW_FLAG.firstOfJanuary |
  ROW_FLAG.ignoredPostcode;

/** The rows of one vector that may link. */
export interface LinkingRows {
  readonly demographics: Demographics;
  /** indexes of the rows that go on, of which the first `live` count */
  readonly rows: Uint16Array;
  readonly live: number;
  /** a byte for each row of the vector, of ROW_FLAG, which is added to */
  readonly flags: Uint8Array;
  /** provider and local id, where the plan has local ids */
  readonly local: readonly TextColumn[];
}

/**
 * The tokens that link a subject, on the first row it is met on (or again, when the memory of subjects is lossy): NHS
 * number, `sex|birth date|postcode`, and what can be compared under the NHS number; and on every row its local id.
 */
export class LinkingTokens {
  readonly #plan: TokenPlan;
  readonly #tokens: TokenKernel;
  readonly #texts: RowTexts;
  readonly #columns: ReadonlyMap<string, TokenColumn>;
  readonly #ignoredPostcodes: ReadonlySet<Postcode>;
  readonly #comparedFields: ReadonlyMap<ComparedField, HalfTokenColumn>;
  readonly #seen = new SeenSubjects();
  readonly #chosen = new Uint16Array(BATCH);
  readonly #parts = new Uint16Array(BATCH);

  /** @param columns of the hashing function: `subject`, `nhs`, `tuple`, and `local` where the plan has local ids */
  constructor(
    plan: TokenPlan,
    tokens: TokenKernel,
    texts: RowTexts,
    columns: ReadonlyMap<string, TokenColumn>,
    ignoredPostcodes: ReadonlySet<Postcode>,
  ) {
    this.#plan = plan;
    this.#tokens = tokens;
    this.#texts = texts;
    this.#columns = columns;
    this.#ignoredPostcodes = ignoredPostcodes;
    this.#comparedFields = new Map(plan.linking.comparedFields.map((one) => [one, new HalfTokenColumn()]));
  }

  /** The columns of the compared fields, in the order of the plan. */
  get comparedFields(): readonly HalfTokenColumn[] {
    return [...this.#comparedFields.values()];
  }

  /** Makes the tokens of those of the `live` rows that are the first of their subject, and flags these. */
  make(vector: LinkingRows): void {
    const { demographics } = vector;
    for (const { validity } of this.#comparedFields.values()) validity.fill(0);
    if (this.#plan.linking.hasLocalIds) this.#localIds(vector);
    const withNhs = this.#nhsNumbers(vector);
    for (const [part, column] of this.#comparedFields) {
      const count = this.#withPart(part, demographics, withNhs);
      this.#texts.boundToNhsNumber(
        this.#tokens.slot(COMPARED_FIELD_KINDS[part]),
        part,
        demographics,
        this.#parts,
        count,
      );
      column.take(this.#tokens.kernel, this.#parts, count);
    }
    this.#wholeTuples(vector);
  }

  /** Of rows that name a patient's earlier address: the tuple only. Each such row is a first one. */
  makeTuples(vector: LinkingRows): void {
    const { rows, live, flags } = vector;
    for (let i = 0; i < live; i += 1) flags[rows[i]!]! |= ROW_FLAG.first;
    this.#wholeTuples(vector);
  }

  /**
   * Takes flags and tokens from rows that were made elsewhere, by a memory of subjects that was empty, and whose subject is in this memory.
   * What is left is what this memory alone would have left: an entry of either holds the last subject that belongs there, and only at first rows does
   * that change.
   */
  dropRepeats(rows: number, flags: Uint8Array): void {
    if (this.#plan.table.kind === 'patients') return;
    const { aWords } = this.#columns.get('subject')!;
    const columns = [this.#columns.get('nhs')!, this.#columns.get('tuple')!, ...this.comparedFields];
    for (let row = 0; row < rows; row += 1) {
      if ((flags[row]! & ROW_FLAG.first) === 0) continue;
      if (!this.#seen.seenBefore(aWords[row * 2]!, aWords[row * 2 + 1]!)) continue;
      flags[row]! &= ~OF_FIRST_ROWS;
      for (const column of columns) column.setNull(row);
    }
  }

  /** Forgets which subjects were met. */
  forgetSubjects(): void {
    this.#seen.clear();
  }

  /** Flags first rows and hashes their NHS numbers; leaves the rows that have one in `#chosen`, and returns how many. */
  #nhsNumbers({ demographics, rows, live, flags }: LinkingRows): number {
    const { aWords } = this.#columns.get('subject')!;
    const isPatients = this.#plan.table.kind === 'patients';
    let withNhs = 0;
    for (let i = 0; i < live; i += 1) {
      const row = rows[i]!;
      if ((flags[row]! & ROW_FLAG.subject) === 0) continue;
      if (!isPatients && this.#seen.seenBefore(aWords[row * 2]!, aWords[row * 2 + 1]!)) continue;
      flags[row]! |= ROW_FLAG.first;
      if (!hasNhsNumber(demographics, row)) continue;
      flags[row]! |= ROW_FLAG.nhsNumber;
      this.#chosen[withNhs++] = row;
    }
    this.#texts.nhsNumbers(this.#tokens.slot('nhs-number'), demographics, this.#chosen, withNhs);
    this.#columns.get('nhs')!.take(this.#tokens.kernel, this.#chosen, withNhs);
    return withNhs;
  }

  /** Puts the rows with an NHS number and this part into `#parts`; returns how many. */
  #withPart(part: ComparedField, { sex, birthDate, postcode }: Demographics, withNhs: number): number {
    let count = 0;
    for (let i = 0; i < withNhs; i += 1) {
      const row = this.#chosen[i]!;
      const has = part === 'sex' ? sex[row] : part === 'postcode' ? postcode[row * 4] : birthDate[row];
      if (has !== 0) this.#parts[count++] = row;
    }
    return count;
  }

  #wholeTuples({ demographics, rows, live, flags }: LinkingRows): void {
    let whole = 0;
    for (let i = 0; i < live; i += 1) {
      const row = rows[i]!;
      if ((flags[row]! & ROW_FLAG.first) === 0 || !isWhole(demographics, row)) continue;
      this.#chosen[whole++] = row;
      // of whole tuples only: rows with one local id may have several birth dates, and are one subject all the same
      flags[row]! |= ROW_FLAG.sexBirthDatePostcode;
      if (demographics.birthDate[row]! % 10_000 === 101) flags[row]! |= ROW_FLAG.firstOfJanuary;
      if (this.#ignoredPostcodes.size > 0 && this.#ignoredPostcodes.has(postcodeOf(demographics, row)))
        flags[row]! |= ROW_FLAG.ignoredPostcode;
    }
    const slot = this.#tokens.slot('sex|date-of-birth|postcode');
    this.#texts.sexBirthDatePostcodes(slot, demographics, this.#chosen, whole);
    this.#columns.get('tuple')!.take(this.#tokens.kernel, this.#chosen, whole);
  }

  /** Local ids, on every row that has one: below the boundary it matters which rows of a subject have none. */
  #localIds({ local, rows, live, flags }: LinkingRows): void {
    const column = this.#columns.get('local')!;
    let count = 0;
    for (let i = 0; i < live; i += 1) {
      const row = rows[i]!;
      const hasBoth = local.every(({ words }) => words[row * TEXT_WORDS] !== 0);
      if (hasBoth && (flags[row]! & ROW_FLAG.subject) !== 0) this.#chosen[count++] = row;
    }
    const slot = this.#tokens.slot('local-patient-id');
    this.#texts.keys(slot, local, this.#chosen, count);
    column.take(this.#tokens.kernel, this.#chosen, count);
  }
}
