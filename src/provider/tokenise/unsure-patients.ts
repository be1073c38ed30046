import { ROW_FLAG } from '../../domain/row-flag.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import type { TokenText, TokenWords } from '../../store/token-text.ts';
import type { PossibleTuples } from './possible-tuples.ts';
import type { SharedTuples } from './shared-tuples.ts';
import { type TokenColumn, wordsAt } from './token-column.ts';
import { textOf, type UnnumberedPatients, type Witnesses } from './witnesses.ts';

/**
 * What notes the patients of a table who are let through, and whose number or sex cannot be read.
 *
 * @param columns the tokens of a vector's rows, by name
 * @returns null for a table without such columns; in a source without a column of the sex, no patient has a whole tuple
 */
export function unsurePatients(
  { table, hasDemographics }: TokenPlan,
  columns: ReadonlyMap<string, TokenColumn>,
  witnesses: Witnesses,
  unnumbered: UnnumberedPatients,
): UnsurePatients | null {
  if (!hasDemographics || table.kind === 'records') return null;
  if (table.kind === 'patients' && !table.columns.some(({ role }) => role === 'sex')) return null;
  return new UnsurePatients(table, Object.fromEntries(columns), witnesses, unnumbered);
}

/** Notes the unsure patients of one table, or where they lived before. */
export class UnsurePatients {
  readonly #isPatients: boolean;
  readonly #columns: Partial<Record<'subject' | 'nhs', TokenColumn>>;
  readonly #patients: SharedTuples;
  readonly #witnesses: Witnesses;
  readonly #unnumbered: UnnumberedPatients;

  constructor(
    { kind, source }: TokenPlan['table'],
    columns: Partial<Record<'subject' | 'nhs', TokenColumn>>,
    witnesses: Witnesses,
    unnumbered: UnnumberedPatients,
  ) {
    this.#isPatients = kind === 'patients';
    this.#columns = columns;
    this.#patients = witnesses.patientsOf(source);
    this.#witnesses = witnesses;
    this.#unnumbered = unnumbered;
  }

  /** Looks at the rows of one vector that are let through. */
  note(rows: Uint16Array, live: number, flags: Uint8Array, tuples: PossibleTuples): void {
    for (let i = 0; i < live; i += 1) {
      const row = rows[i]!;
      const flag = flags[row]!;
      if ((flag & ROW_FLAG.keep) === 0) continue;
      if (!this.#isPatients) this.#noteEarlier(row, tuples);
      else if ((flag & ROW_FLAG.nhsNumber) === 0 || tuples.isOfUnknownSex(row))
        this.#notePatient(row, flag, tuples);
    }
  }

  #notePatient(row: number, flag: number, tuples: PossibleTuples): void {
    const { subject, nhs } = this.#columns;
    const key = wordsAt(subject!, row);
    const number = (flag & ROW_FLAG.nhsNumber) === 0 ? null : textOf(...wordsAt(nhs!, row));
    this.#patients.rememberUnsure(key, number);
    this.#noteTuples(key, number, row, tuples);
  }

  #noteEarlier(row: number, tuples: PossibleTuples): void {
    const key = wordsAt(this.#columns.subject!, row);
    const number = this.#patients.numberOf(key);
    if (number !== undefined) this.#noteTuples(key, number, row, tuples);
  }

  #noteTuples(key: TokenWords, number: TokenText | null, row: number, tuples: PossibleTuples): void {
    const possible = tuples.of(row);
    for (const tuple of possible) {
      this.#patients.note(key, tuple, number);
      // a valid number is never another's: a patient with another one for either sex is another person
      if (number !== null) this.#witnesses.add(textOf(...tuple), number);
    }
    // where sex and postcode of her own row make a tuple, linking finds her by that (src/linker/opt-outs/steps.ts)
    if (number !== null || (this.#isPatients && !tuples.isOfUnknownSex(row))) return;
    const texts = possible.map((tuple) => textOf(...tuple));
    this.#witnesses.addOptOuts(this.#unnumbered, key, texts);
  }
}
