import { OPT_OUT_CODE_FOUND, ROW_FLAG } from '../../domain/row-flag.ts';
import { BATCH } from '../../kernel/hmac-kernel.ts';
import { type KeyedColumn, type TokenPlan, tokensOf } from '../../store/token-plan.ts';
import {
  type DemographicRole,
  type Demographics,
  type RowVector,
  TEXT_WORDS,
  type TextColumn,
} from '../extract/row-vector.ts';
import type { BusyPostcodes } from './busy-postcodes.ts';
import { CurrentNumbers } from './current-numbers.ts';
import { type GpStops, RowStopper, type StopCounts } from './gp-stops.ts';
import { KeyCache } from './key-cache.ts';
import type { KnownBirths } from './known-births.ts';
import { LinkingTokens } from './linking-tokens.ts';
import { PossibleTuples } from './possible-tuples.ts';
import { hasNhsNumber, isWhole, postcodeAt, RowTexts } from './row-texts.ts';
import { type HalfTokenColumn, TokenColumn, wordsAt } from './token-column.ts';
import type { TokenKernel } from './token-kernel.ts';
import { type UnsurePatients, unsurePatients } from './unsure-patients.ts';
import type { UnnumberedPatients, Witnesses } from './witnesses.ts';

/** Room for the highest outcome code. */
const OUTCOME_CODES = 32;

/** What was counted while a table's rows went by. Counts only. */
export interface TokeniseCounts extends StopCounts {
  rowsIn: number;
  rowsOut: number;
  /** rows by fault code: the place of the faulty column in the table's column list, from 1 */
  faults: Map<number, number>;
  /** rows with an opt-out code where none is expected */
  optOutCodes: number;
  /** of a GP table: faulty rows without the key by which others point at them */
  faultsWithoutKey: number;
  /** per identifier column, rows by outcome code */
  outcomes: Record<DemographicRole, Float64Array>;
}

/** What the functions of a run's tables share. */
export interface TokeniserContext {
  /** what stops rows of GP tables, null for others: type 1 acts on GP-origin rows only */
  readonly stops: GpStops | null;
  /** NHS numbers that others took the place of, with these; ten digits each */
  readonly superseded: ReadonlyMap<string, string>;
  /** canonical postcodes that too many people share */
  readonly ignoredPostcodes: ReadonlySet<string>;
  /** of the source's patients, if it has a table of their addresses; null if not */
  readonly births: KnownBirths | null;
  /** where the patients of the table's source are counted by postcode; null where nobody asks for the busiest */
  readonly busyPostcodes: BusyPostcodes | null;
  /** what stopped and quarantined rows know, of every source */
  readonly witnesses: Witnesses;
  /** of every source */
  readonly unnumbered: UnnumberedPatients;
}

/**
 * Turns one table's standardised rows into tokens, a vector at a time. The results are in its columns until the next vector: a row without
 * the keep flag must not be stored.
 */
export class TableTokeniser {
  readonly counts: TokeniseCounts = {
    rowsIn: 0,
    rowsOut: 0,
    typeOneOptOuts: 0,
    patientQuarantined: 0,
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
  readonly #tokens: TokenKernel;
  readonly #texts: RowTexts;
  readonly #births: KnownBirths | null;
  readonly #busyPostcodes: BusyPostcodes | null;
  readonly #currentNumbers: CurrentNumbers | null;
  readonly #linking: LinkingTokens | null;
  readonly #stopper: RowStopper | null;
  readonly #unsure: UnsurePatients | null;
  readonly #columns = new Map<string, TokenColumn>();
  readonly #caches = new Map<string, KeyCache>();
  /** bits of ROW_FLAG, a byte a row */
  readonly flags = new Uint8Array(BATCH);
  readonly #rows = new Uint16Array(BATCH);
  /** of a GP table: this vector's faulty rows */
  readonly #faulty: number[] = [];
  readonly #chosen = new Uint16Array(BATCH);

  constructor(
    plan: TokenPlan,
    tokens: TokenKernel,
    { stops, superseded, ignoredPostcodes, births, busyPostcodes, witnesses, unnumbered }: TokeniserContext,
  ) {
    this.#plan = plan;
    this.#tokens = tokens;
    this.#texts = new RowTexts(tokens.kernel);
    this.#births = births;
    this.#busyPostcodes = plan.hasDemographics ? busyPostcodes : null;
    this.#currentNumbers = superseded.size === 0 ? null : new CurrentNumbers(superseded);
    for (const one of tokensOf(plan)) this.#columns.set(one, new TokenColumn());
    this.#linking = !plan.hasDemographics
      ? null
      : new LinkingTokens(plan, tokens, this.#texts, this.#columns, ignoredPostcodes);
    this.#stopper =
      stops === null ? null : new RowStopper(plan, stops, this.#columns, this.counts, witnesses);
    this.#unsure = unsurePatients(plan, this.#columns, witnesses, unnumbered);
    const keyed = {
      subject: plan.subject.by === 'patient-key',
      record: plan.record !== null,
      parent: plan.parent !== null,
    };
    for (const [one, isKeyed] of Object.entries(keyed)) if (isKeyed) this.#caches.set(one, new KeyCache());
  }

  /** The tokens of the rows, by name. */
  get tokens(): ReadonlyMap<string, TokenColumn> {
    return this.#columns;
  }

  /** The tokens that are bound to an NHS number, in the order of the plan. */
  get agreements(): readonly HalfTokenColumn[] {
    return this.#linking?.agreements ?? [];
  }

  /** Makes the tokens and the flags of the rows of a vector. */
  tokenise(vector: RowVector): void {
    const live = this.#startRows(vector);
    for (const column of this.#columns.values()) column.validity.fill(0);
    const demographics = this.#plan.hasDemographics ? this.#readDemographics(vector) : null;
    const { subject, record, parent } = this.#plan;
    if (subject.by === 'patient-key') {
      this.#hashKeys('subject', subject.key, vector, live, ROW_FLAG.subject);
    } else if (demographics !== null) this.#hashDemographicSubjects(vector, demographics, live);
    const linked = demographics === null ? null : this.#link(vector, demographics, live);
    if (record !== null) this.#hashKeys('record', record, vector, live, 0);
    if (parent !== null) this.#hashKeys('parent', parent, vector, live, 0);
    const tuples = linked === null ? null : this.#possibleTuples(linked);
    this.#stopper?.stop(this.#rows, live, this.flags, tuples);
    if (tuples !== null) this.#unsure?.note(this.#rows, live, this.flags, tuples);
    if (this.#busyPostcodes !== null) this.#countPatients(demographics!, this.#busyPostcodes, live);
    if (this.#faulty.length > 0) this.#rememberFaulty(vector);
    for (let row = 0; row < vector.rows; row += 1) this.counts.rowsOut += this.flags[row]! & ROW_FLAG.keep;
  }

  #possibleTuples(linked: Demographics): PossibleTuples {
    const births = this.#plan.table.kind === 'addresses' ? this.#births : null;
    const subject = this.#columns.get('subject')!;
    const birthsOf = births === null ? null : (row: number) => births.birthsOf(wordsAt(subject, row));
    return new PossibleTuples(this.#tokens, linked, this.#columns.get('sdp')!, birthsOf);
  }

  /**
   * Makes the tokens that link; an address row does so with the sex and birth date of its patient.
   *
   * @returns what they were made from
   */
  #link(input: RowVector, demographics: Demographics, live: number): Demographics {
    const births = this.#births;
    const subject = this.#columns.get('subject')!;
    const local = textsOf(input, this.#plan.linking.hasLocalIds ? this.#plan.local : null);
    const vector = { demographics, rows: this.#rows, live, flags: this.flags, local };
    if (births === null || this.#plan.table.kind === 'records') {
      this.#linking!.make(vector);
    } else if (this.#plan.table.kind === 'patients') {
      const { sex, birthDate } = demographics;
      for (let i = 0; i < live; i += 1) {
        const row = this.#rows[i]!;
        if (birthDate[row] !== 0) births.remember(subject, row, sex[row]!, birthDate[row]!);
      }
      this.#linking!.make(vector);
    } else {
      const known = births.of(subject, this.#rows, live);
      const hers = { ...demographics, ...known };
      this.#linking!.makeTuples({ ...vector, demographics: hers });
      return hers;
    }
    return demographics;
  }

  /** Counts the patients whose rows cross the boundary by their postcodes: who stops above it is not told of in this way either. */
  #countPatients(demographics: Demographics, busyPostcodes: BusyPostcodes, live: number): void {
    const needed = ROW_FLAG.keep | ROW_FLAG.sexBirthDatePostcode;
    const tuples = this.#columns.get('sdp')!;
    for (let i = 0; i < live; i += 1) {
      const row = this.#rows[i]!;
      if ((this.flags[row]! & needed) !== needed) continue;
      busyPostcodes.count(tuples, row, () => postcodeAt(demographics, row));
    }
  }

  /** Of a GP table, what was kept above the boundary; null for others. */
  get stopper(): RowStopper | null {
    return this.#stopper;
  }

  /** Clears the flags, counts faults, and lists the rows that go on; returns how many. */
  #startRows({ rows, faults }: RowVector): number {
    let live = 0;
    this.#faulty.length = 0;
    for (let row = 0; row < rows; row += 1) {
      const fault = faults[row]!;
      this.flags[row] = fault === 0 ? ROW_FLAG.keep : 0;
      if (fault === 0) this.#rows[live++] = row;
      else if (fault === OPT_OUT_CODE_FOUND) this.counts.optOutCodes += 1;
      else {
        this.counts.faults.set(fault, (this.counts.faults.get(fault) ?? 0) + 1);
        if (this.#stopper !== null) this.#faulty.push(row);
      }
    }
    this.counts.rowsIn += rows;
    return live;
  }

  #readDemographics({ rows, demographics, outcomes }: RowVector): Demographics {
    for (const [role, codes] of outcomes) {
      const counts = this.counts.outcomes[role];
      for (let row = 0; row < rows; row += 1) counts[codes[row]!]! += 1;
    }
    const { nhs, ...others } = demographics!;
    return { ...others, nhs: this.#currentNumbers?.of(nhs, rows) ?? nhs };
  }

  /** Tokens of a key column. The same key often comes again soon, and is then not hashed again. */
  #hashKeys(into: string, key: KeyedColumn, vector: RowVector, live: number, flag: number): void {
    const column = this.#columns.get(into)!;
    const cache = this.#caches.get(into)!;
    const texts = textsOf(vector, key);
    const fresh = cache.lookUp(texts[0]!.words, this.#rows, live, column, this.#chosen);
    this.#texts.keys(this.#tokens.slot(key.kind), texts, this.#chosen, fresh);
    this.#scatter(into, this.#chosen, fresh, 0);
    cache.learn(this.#chosen, fresh, column);
    for (let i = 0; i < live; i += 1) {
      column.setValid(this.#rows[i]!);
      this.flags[this.#rows[i]!]! |= flag;
    }
  }

  /**
   * A flat row's subject is its demographic tuple, if that holds an NHS number or a whole sex|birth date|postcode;
   * else its local patient id; else it has none. Tuples with less in them are never hashed: a frequency count
   * would read them back.
   */
  #hashDemographicSubjects(vector: RowVector, demographics: Demographics, live: number): void {
    let tuples = 0;
    for (let i = 0; i < live; i += 1) {
      const row = this.#rows[i]!;
      if (hasNhsNumber(demographics, row) || isWhole(demographics, row)) this.#chosen[tuples++] = row;
    }
    this.#texts.demographics(this.#tokens.slot('demographics'), demographics, this.#chosen, tuples);
    this.#scatter('subject', this.#chosen, tuples, ROW_FLAG.subject);
    const { local } = this.#plan;
    if (local === null || tuples === live) return;
    const texts = textsOf(vector, local);
    let locals = 0;
    for (let i = 0; i < live; i += 1) {
      const row = this.#rows[i]!;
      if ((this.flags[row]! & ROW_FLAG.subject) !== 0 || texts.some(({ words }) => words[row * TEXT_WORDS] === 0))
        continue;
      this.#chosen[locals++] = row;
    }
    this.#texts.keys(this.#tokens.slot(local.kind), texts, this.#chosen, locals);
    this.#scatter('subject', this.#chosen, locals, ROW_FLAG.subject);
  }

  /** Puts the kernel's results where their rows are, and marks the rows. */
  #scatter(into: string, rows: Uint16Array, count: number, flag: number): void {
    this.#columns.get(into)!.take(this.#tokens.kernel, rows, count);
    if (flag !== 0) for (let i = 0; i < count; i += 1) this.flags[rows[i]!]! |= flag;
  }

  /**
   * Remembers the keys by which other rows point at faulty ones, as tokens: of patients, and of records. A faulty row is
   * not stored, so nobody below the boundary can tell what its patient decided.
   */
  #rememberFaulty(vector: RowVector): void {
    const { table, subject, record } = this.#plan;
    if (table.kind === 'patients' && subject.by === 'patient-key') this.#rememberKeys(subject.key, vector);
    if (record !== null) this.#rememberKeys(record, vector);
  }

  #rememberKeys(key: KeyedColumn, vector: RowVector): void {
    const texts = textsOf(vector, key);
    const { words } = texts[0]!;
    let known = 0;
    for (const row of this.#faulty) {
      if (words[row * TEXT_WORDS] === 0) this.counts.faultsWithoutKey += 1;
      else this.#chosen[known++] = row;
    }
    this.#texts.keys(this.#tokens.slot(key.kind), texts, this.#chosen, known);
    const { kernel } = this.#tokens;
    const first = new Uint32Array(kernel.first.buffer, kernel.first.byteOffset, known * 2);
    const second = new Uint32Array(kernel.second.buffer, kernel.second.byteOffset, known * 2);
    for (let at = 0; at < known * 2; at += 2) {
      this.#stopper?.rememberQuarantined(first[at]!, first[at + 1]!, second[at]!, second[at + 1]!);
    }
  }
}

function textsOf(vector: RowVector, key: KeyedColumn | null): TextColumn[] {
  return (key?.columns ?? []).map((column) => vector.keys(column));
}
