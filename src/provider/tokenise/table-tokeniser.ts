import { OPT_OUT_CODE_FOUND, ROW_FLAG } from '../../domain/row-flag.ts';
import { BATCH } from '../../kernel/hmac-kernel.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import type { DemographicRole, HashedVector, RowVector, TupleParts } from '../extract/row-vector.ts';
import type { BusyPostcodes } from './busy-postcodes.ts';
import { type GpStops, RowStopper, type StopCounts } from './gp-stops.ts';
import { PossibleTuples } from './possible-tuples.ts';
import { postcodeOf } from './row-texts.ts';
import { type HalfTokenColumn, type TokenColumn, wordsAt } from './token-column.ts';
import type { TokenKernel } from './token-kernel.ts';
import { type UnsurePatients, unsurePatients } from './unsure-patients.ts';
import { type FaultyKeys, type HasherContext, VectorHasher } from './vector-hasher.ts';
import type { UnnumberedPatients, Witnesses } from './witnesses.ts';

/** Room for the highest outcome code. */
const OUTCOME_CODES = 32;

/** What was counted while a table's rows went by. Counts only. */
export interface TokeniseCounts extends StopCounts {
  rowsIn: number;
  rowsOut: number;
  /** rows by fault code: the index of the faulty column in the table's column list, plus one */
  faults: Map<number, number>;
  /** rows with an opt-out code where none is expected */
  optOutCodes: number;
  /** of a GP table: faulty rows without the key by which others point at them */
  faultsWithoutKey: number;
  /** per identifier column, rows by outcome code */
  outcomes: Record<DemographicRole, Float64Array>;
}

/** What the tables of a run share. */
export interface TokeniserContext extends HasherContext {
  /** what stops rows of GP tables, null for others: type 1 acts on GP-origin rows only */
  readonly stops: GpStops | null;
  /** where the patients of the table's source are counted by postcode; null where the busiest are not asked for */
  readonly busyPostcodes: BusyPostcodes | null;
  /** what is known of stopped and quarantined rows, of every source */
  readonly witnesses: Witnesses;
  /** of every source */
  readonly unnumbered: UnnumberedPatients;
}

const NO_FAULTY_KEYS: FaultyKeys = { tokens: [], without: 0 };

/**
 * Turns one table's standardised rows into tokens, a vector at a time, and decides which cross the boundary. The results are in its columns until the
 * next vector: a row without the keep flag must not be stored.
 */
export class TableTokeniser {
  readonly counts: TokeniseCounts = {
    rowsIn: 0,
    rowsOut: 0,
    stopped: new Map(),
    withoutWitness: 0,
    faults: new Map(),
    optOutCodes: 0,
    faultsWithoutKey: 0,
    outcomes: {
      'nhs-number': new Float64Array(OUTCOME_CODES),
      'date-of-birth': new Float64Array(OUTCOME_CODES),
      sex: new Float64Array(OUTCOME_CODES),
      postcode: new Float64Array(OUTCOME_CODES),
    },
  };

  readonly #plan: TokenPlan;
  readonly #kernel: TokenKernel;
  readonly #hasher: VectorHasher;
  readonly #context: TokeniserContext;
  readonly #stopper: RowStopper | null;
  readonly #unsure: UnsurePatients | null;
  readonly #rows = new Uint16Array(BATCH);

  constructor(plan: TokenPlan, tokens: TokenKernel, context: TokeniserContext) {
    const { stops, witnesses, unnumbered } = context;
    this.#plan = plan;
    this.#kernel = tokens;
    this.#context = context;
    this.#hasher = new VectorHasher(plan, tokens, context);
    this.#stopper = stops === null ? null : new RowStopper(plan, stops, this.tokens, this.counts, witnesses);
    this.#unsure = unsurePatients(plan, this.tokens, witnesses, unnumbered);
  }

  /** The tokens of the rows, by name. */
  get tokens(): ReadonlyMap<string, TokenColumn> {
    return this.#hasher.tokens;
  }

  /** The tokens that are bound to an NHS number, in the order of the plan. */
  get comparedFields(): readonly HalfTokenColumn[] {
    return this.#hasher.comparedFields;
  }

  /** Bits of ROW_FLAG, a byte a row. */
  get flags(): Uint8Array {
    return this.#hasher.flags;
  }

  /** Where the rows' tokens and flags are. */
  get hasher(): VectorHasher {
    return this.#hasher;
  }

  /** Of a GP table, what was kept above the boundary; null for others. */
  get stopper(): RowStopper | null {
    return this.#stopper;
  }

  /** Makes the tokens of the rows of a vector, and decides which rows cross the boundary. */
  tokenise(vector: RowVector): void {
    const linked = this.#hasher.hash(vector);
    const hasFaults =
      this.#stopper !== null && vector.faults.subarray(0, vector.rows).some((fault) => fault !== 0);
    this.#decide(vector, linked, hasFaults ? this.#hasher.faultyKeys(vector) : NO_FAULTY_KEYS);
  }

  /**
   * Decides which rows of a vector cross the boundary, of which a hasher in another thread has made tokens and flags. They are in the columns.
   *
   * @param faulty the keys of its faulty rows; null where it has none
   */
  takeHashed(vector: HashedVector, faulty: FaultyKeys | null): void {
    this.#hasher.dropRepeats(vector.rows);
    this.#decide(vector, vector.demographics, faulty ?? NO_FAULTY_KEYS);
  }

  /**
   * @param linked what the tokens that link were made from
   * @param faulty the keys of its faulty rows; asked of GP tables
   */
  #decide(vector: HashedVector, linked: TupleParts | null, faulty: FaultyKeys): void {
    const { flags } = this;
    const live = this.#countRows(vector);
    if (linked !== null) this.#rememberBirths(linked, live);
    const tuples = linked === null ? null : this.#possibleTuples(linked);
    this.#stopper?.stop(this.#rows, live, flags, tuples);
    if (tuples !== null) this.#unsure?.note(this.#rows, live, flags, tuples);
    if (vector.demographics !== null) this.#countPatients(vector.demographics, live);
    // a faulty row is not stored, so its patient's decision is unknown below the boundary
    for (const token of faulty.tokens) this.#stopper?.rememberQuarantined(...token);
    this.counts.faultsWithoutKey += faulty.without;
    for (let row = 0; row < vector.rows; row += 1) this.counts.rowsOut += flags[row]! & ROW_FLAG.keep;
  }

  /** Counts rows, faults and outcomes, and lists the rows without a fault; returns how many. */
  #countRows({ rows, faults, outcomes }: HashedVector): number {
    let live = 0;
    for (let row = 0; row < rows; row += 1) {
      const fault = faults[row]!;
      if (fault === 0) this.#rows[live++] = row;
      else if (fault === OPT_OUT_CODE_FOUND) this.counts.optOutCodes += 1;
      else this.counts.faults.set(fault, (this.counts.faults.get(fault) ?? 0) + 1);
    }
    this.counts.rowsIn += rows;
    for (const [role, codes] of outcomes) {
      const counts = this.counts.outcomes[role];
      for (let row = 0; row < rows; row += 1) counts[codes[row]!]! += 1;
    }
    return live;
  }

  /** Remembers the sex and birth date of patients, whose addresses have neither. */
  #rememberBirths({ sex, birthDate }: TupleParts, live: number): void {
    const { births } = this.#context;
    if (births === null || this.#plan.table.kind !== 'patients') return;
    const subject = this.tokens.get('subject')!;
    for (let i = 0; i < live; i += 1) {
      const row = this.#rows[i]!;
      if (birthDate[row] !== 0) births.remember(subject, row, sex[row]!, birthDate[row]!);
    }
  }

  #possibleTuples(linked: TupleParts): PossibleTuples {
    const births = this.#plan.table.kind === 'addresses' ? this.#context.births : null;
    const subject = this.tokens.get('subject')!;
    const birthsOf = births === null ? null : (row: number) => births.birthsOf(wordsAt(subject, row));
    return new PossibleTuples(this.#kernel, linked, this.tokens.get('tuple')!, birthsOf);
  }

  /** Counts the patients whose rows cross the boundary by their postcodes: who stops above it leaves no trace here either. */
  #countPatients(demographics: TupleParts, live: number): void {
    const { busyPostcodes } = this.#context;
    if (busyPostcodes === null) return;
    const needed = ROW_FLAG.keep | ROW_FLAG.sexBirthDatePostcode;
    const tuples = this.tokens.get('tuple')!;
    for (let i = 0; i < live; i += 1) {
      const row = this.#rows[i]!;
      if ((this.flags[row]! & needed) !== needed) continue;
      busyPostcodes.count(tuples, row, () => postcodeOf(demographics, row));
    }
  }
}
