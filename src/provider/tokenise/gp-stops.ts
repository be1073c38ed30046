import { type HeldReason, type ReasonMask, ReasonSets } from '../../domain/held-reason.ts';
import { ROW_FLAG } from '../../domain/row-flag.ts';
import type { TokenKind } from '../../keys/recipes.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import type { TokenText, TokenWords } from '../../store/token-text.ts';
import { isValid } from '../../write/validity-bitmap.ts';
import type { PossibleTuples } from './possible-tuples.ts';
import { type TokenColumn, wordsAt } from './token-column.ts';
import { TokenMap } from './token-map.ts';
import { TokenSet } from './token-set.ts';
import { textOf, type UnnumberedPatients, type Witnesses } from './witnesses.ts';

/** What decides which GP rows stop above the boundary, and why. */
export interface GpStops {
  readonly sets: ReasonSets;
  /** reasons by NHS number token: those that stop rows, and those that come before one of them in the order */
  readonly nhsNumbers: TokenMap;
  /** likewise by subject and record token: of patients, and of rows that have stopped, for everything that points at them */
  readonly keys: TokenMap;
  /** what stops with the row of such a patient acts on records elsewhere all the same */
  readonly unnumbered: UnnumberedPatients;
  /** subject and record tokens whose rows are in quarantine, or point at one that is */
  readonly quarantined: TokenSet;
  /**
   * By kind of token, the rows of a table that were let through: only of tables with quarantined rows whose key
   * is unknown. Any key that is not among these may be one of theirs.
   */
  readonly letThrough: Map<TokenKind, TokenSet>;
}

/**
 * Nobody is held, and nothing is in quarantine.
 *
 * @param reasons of the pipeline, in their order
 */
export function noStops(reasons: readonly HeldReason[]): GpStops {
  const sets = new ReasonSets(reasons);
  return {
    sets,
    nhsNumbers: new TokenMap(),
    keys: new TokenMap(),
    unnumbered: { sets, masks: new TokenMap() },
    quarantined: new TokenSet(),
    letThrough: new Map(),
  };
}

/** True of a reason that stops a row above the boundary. */
export function stopsAbove({ scope }: HeldReason): boolean {
  return scope !== 'person';
}

/** What was counted while rows were stopped. */
export interface StopCounts {
  /** stopped rows by the first of their reasons in the order, as receipts call it */
  stopped: Map<HeldReason['receipt'], number>;
  /** of stopped rows that should leave a witness, those that cannot: without a birth date or a postcode that can be read */
  withoutWitness: number;
}

/**
 * Stops the rows of one GP table that must not cross the boundary: of patients with a reason that acts on GP records, and of
 * patients of whom it cannot be known, because their row, or the record that leads to them, is in quarantine.
 */
export class RowStopper {
  readonly #stops: GpStops;
  readonly #isPatients: boolean;
  readonly #counts: StopCounts;
  readonly #columns: Partial<
    Record<'subject' | 'nhs' | 'tuple' | 'local' | 'parent' | 'record', TokenColumn>
  >;
  readonly #stopping: ReasonMask;
  readonly #ifQuarantined: ReasonMask;
  readonly #witnesses: Witnesses;
  readonly #table: TokenPlan['table'];
  /**
   * The columns by which a row points at others, each with the keys that were let through, or null where every key in
   * quarantine is known. Patients and flat rows point at no other row: they are judged by themselves.
   */
  readonly #pointers: readonly { readonly column: TokenColumn; readonly letThrough: TokenSet | null }[];
  /** of a patients table: subjects that were stopped, and those of rows in quarantine */
  readonly #stoppedHere = new TokenSet();
  readonly #quarantinedHere = new TokenSet();
  /** of a patients table: subjects of more than one stopped row */
  readonly stoppedAgain = new TokenSet();

  /** @param columns the tokens of a vector's rows, by name */
  constructor(
    { table, subject, parent }: TokenPlan,
    stops: GpStops,
    columns: ReadonlyMap<string, TokenColumn>,
    counts: StopCounts,
    witnesses: Witnesses,
  ) {
    this.#stops = stops;
    this.#stopping = stops.sets.maskWhere(stopsAbove);
    this.#ifQuarantined = stops.sets.maskOf('patient-quarantined');
    this.#counts = counts;
    this.#columns = Object.fromEntries(columns);
    this.#witnesses = witnesses;
    this.#table = table;
    this.#isPatients = table.kind === 'patients';
    const letThrough = (kind: TokenKind) => stops.letThrough.get(kind) ?? null;
    this.#pointers = [
      ...(subject.by === 'patient-key' && !this.#isPatients
        ? [{ column: columns.get('subject')!, letThrough: letThrough(subject.key.kind) }]
        : []),
      ...(parent === null ? [] : [{ column: columns.get('parent')!, letThrough: letThrough(parent.kind) }]),
    ];
  }

  /**
   * Takes the keep flag from rows that must stop, and remembers what points at them and their identifiers.
   *
   * @param tuples of the rows; null of a table without identifiers
   */
  stop(rows: Uint16Array, live: number, flags: Uint8Array, tuples: PossibleTuples | null): void {
    const { keys, quarantined } = this.#stops;
    const { subject, record } = this.#columns;
    const mayPointAtQuarantined = this.#mayPointAtQuarantined();
    for (let i = 0; i < live; i += 1) {
      const row = rows[i]!;
      const flag = flags[row]!;
      const known = this.#knownOf(row, flag);
      const isLost = mayPointAtQuarantined && this.#pointsAtQuarantined(row);
      if (!isLost && (known & this.#stopping) === 0) continue;
      this.#count(isLost ? known | this.#ifQuarantined : known);
      if ((known & this.#stopping) !== 0 && subject !== undefined && (flag & ROW_FLAG.subject) !== 0)
        this.#rememberSubject(subject, row, known);
      if (record !== undefined) {
        const token = wordsAt(record, row);
        if (known !== 0) keys.addBits(...token, known);
        if (isLost) quarantined.add(...token);
      }
      if (tuples !== null) this.#keepWitness(row, flag, tuples);
      flags[row] = flag & ~ROW_FLAG.keep;
    }
  }

  /** Every reason that is known for a row, but that it points at one in quarantine. */
  #knownOf(row: number, flag: number): ReasonMask {
    const { keys, nhsNumbers } = this.#stops;
    const { subject, nhs, parent } = this.#columns;
    let known = 0;
    if (keys.size > 0) {
      if (subject !== undefined && (flag & ROW_FLAG.subject) !== 0) known |= bitsOf(keys, subject, row);
      if (parent !== undefined) known |= bitsOf(keys, parent, row);
    }
    if (nhs !== undefined && nhsNumbers.size > 0 && (flag & ROW_FLAG.nhsNumber) !== 0)
      known |= bitsOf(nhsNumbers, nhs, row);
    return known;
  }

  #count(reasons: ReasonMask): void {
    const { receipt } = this.#stops.sets.firstIn(reasons)!;
    const { stopped } = this.#counts;
    stopped.set(receipt, (stopped.get(receipt) ?? 0) + 1);
  }

  /** Remembers the key of a row that goes to quarantine: whatever points at it stops. */
  rememberQuarantined(...token: TokenWords): void {
    this.#stops.quarantined.add(...token);
    if (this.#isPatients) this.#quarantinedHere.add(...token);
  }

  /** True if a row with this subject stays above the boundary, stopped or in quarantine. Asked of patients tables. */
  keepsBack(...subject: TokenWords): boolean {
    return this.#stoppedHere.has(...subject) || this.#quarantinedHere.has(...subject);
  }

  /** True once this table has kept a row back whose key another row, let through, could have as well. */
  get hasKeptBack(): boolean {
    return this.#stoppedHere.size + this.#quarantinedHere.size > 0;
  }

  /** On the usual night nothing that a row could point at is in quarantine: that is asked once a vector, and not a row. */
  #mayPointAtQuarantined(): boolean {
    const isAnyKnown = this.#stops.quarantined.size > 0;
    return this.#pointers.some(({ letThrough }) => isAnyKnown || letThrough !== null);
  }

  #pointsAtQuarantined(row: number): boolean {
    const { quarantined } = this.#stops;
    for (const { column, letThrough } of this.#pointers) {
      if (holds(quarantined, column, row)) return true;
      if (letThrough !== null && !holds(letThrough, column, row)) return true;
    }
    return false;
  }

  /** Keeps the sex, birth date and postcode of a stopped row. */
  #keepWitness(row: number, flag: number, possible: PossibleTuples): void {
    const { subject, nhs, local } = this.#columns;
    const { kind, source } = this.#table;
    const witnesses = this.#witnesses;
    if (kind === 'addresses') {
      const tuples = possible.of(row).map((tuple) => textOf(...tuple));
      for (const tuple of tuples) witnesses.addEarlier(source, wordsAt(subject!, row), tuple);
      this.#keepOptOuts(row, tuples);
      return;
    }
    if ((flag & ROW_FLAG.first) !== 0) {
      const number = (flag & ROW_FLAG.nhsNumber) === 0 ? null : textOf(...wordsAt(nhs!, row));
      const tuples = possible.of(row).map((tuple) => textOf(...tuple));
      witnesses.rememberStopped(wordsAt(subject!, row), { tuples, number });
      if (this.#isPatients) this.#keepPatient(row, tuples, number);
      // a flat row without a number cannot be distinguished from others of its tuple
      else if (number !== null) for (const tuple of tuples) witnesses.add(tuple, number);
      const isWitness = this.#isPatients || number !== null;
      if (isWitness && possible.cannotBeKnown(row)) this.#counts.withoutWitness += 1;
    }
    if (local === undefined || !isValid(local.validity, row)) return;
    const said = witnesses.saidOf(wordsAt(subject!, row));
    if (said === null || said.number === null) return;
    for (const tuple of said.tuples) witnesses.add(tuple, said.number, textOf(...wordsAt(local, row)));
  }

  #keepPatient(row: number, tuples: readonly TokenText[], number: TokenText | null): void {
    for (const tuple of tuples) this.#witnesses.addPatient(this.#table.source, tuple, number);
    // without a number, what the patient decided of records elsewhere would be lost with the row
    if (number === null) this.#keepOptOuts(row, tuples);
  }

  #keepOptOuts(row: number, tuples: readonly TokenText[]): void {
    this.#witnesses.addOptOuts(this.#stops.unnumbered, wordsAt(this.#columns.subject!, row), tuples);
  }

  #rememberSubject(subject: TokenColumn, row: number, reasons: ReasonMask): void {
    const token = wordsAt(subject, row);
    if (this.#isPatients) {
      if (this.#stoppedHere.has(...token)) this.stoppedAgain.add(...token);
      this.#stoppedHere.add(...token);
    }
    this.#stops.keys.addBits(...token, reasons);
  }
}

function bitsOf(map: TokenMap, { aWords, bWords }: TokenColumn, row: number): number {
  return map.get(aWords[row * 2]!, aWords[row * 2 + 1]!, bWords[row * 2]!, bWords[row * 2 + 1]!);
}

function holds(set: TokenSet, { aWords, bWords }: TokenColumn, row: number): boolean {
  return set.has(aWords[row * 2]!, aWords[row * 2 + 1]!, bWords[row * 2]!, bWords[row * 2 + 1]!);
}
