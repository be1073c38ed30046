import type { ReasonSets } from '../../domain/held-reason.ts';
import { type TokenText, type TokenWords, tokenWords } from '../../store/token-text.ts';
import { SharedTuples } from './shared-tuples.ts';
import { TokenMap } from './token-map.ts';

/** Column names of a store's list of witnesses. */
const WITNESS_COLUMNS = ['a', 'b', 'nhs_a', 'nhs_b', 'local_a', 'local_b', 'opt_out'] as const;
/** Patients without a valid NHS number for whom something is recorded that acts on records elsewhere: on whole persons. */
export interface UnnumberedPatients {
  readonly sets: ReasonSets;
  /** reasons by patient-key token */
  readonly masks: TokenMap;
}
/** Written where there is no token. */
const NO_TOKEN = ',';

/** The identifiers of a row's person that a witness has. */
export interface Said {
  /** every `sex|birth date|postcode` that it may have: none, one, or one for each sex where that cannot be read */
  readonly tuples: readonly TokenText[];
  /** null where none is valid */
  readonly number: TokenText | null;
}

/**
 * What linking must know of rows that stay above the boundary: that some person has a certain
 * `sex|birth date|postcode`. A witness makes a match ambiguous, and is itself never linked to (src/linker/link/README.md).
 *
 * It is a tuple, the NHS number if there is one, and of a flat row its provider and local id where a rank asks for it: tokens, and
 * no subject, no record and nothing of the payload. For a patient without a number it also has the coded opt-outs. Of a patient who stops, the number is kept for the rows of earlier
 * addresses, which have none.
 */
export class Witnesses {
  readonly #lines = new Set<string>();
  /** subjects that stopped, each with the number of the values of its first row, from 1 */
  readonly #subjects = new TokenMap();
  readonly #said: Said[] = [];
  /** NHS numbers of patients in quarantine, by subject */
  readonly #quarantined = new Map<TokenText, Set<TokenText>>();
  readonly #patients = new Map<string, SharedTuples>();

  /** The patients of a source who may share their tuple with another. */
  patientsOf(source: string): SharedTuples {
    const known = this.#patients.get(source) ?? new SharedTuples();
    this.#patients.set(source, known);
    return known;
  }

  /** A person has this tuple: the one of this number, or one whose number is not known. */
  add(tuple: TokenText, number: TokenText | null, localId: TokenText | null = null): void {
    this.#lines.add(`${tuple},${number ?? NO_TOKEN},${localId ?? NO_TOKEN},`);
  }

  /** The opt-outs of a patient without a number act on every subject with one of these tuples. */
  addOptOuts({ sets, masks }: UnnumberedPatients, subject: TokenWords, tuples: readonly TokenText[]): void {
    for (const { name } of sets.reasonsIn(masks.get(...subject))) {
      for (const tuple of tuples) this.#lines.add(`${tuple},${NO_TOKEN},${NO_TOKEN},${name}`);
    }
  }

  /** Remembers what the first row of a stopped subject says. */
  rememberStopped(subject: TokenWords, said: Said): void {
    this.#subjects.set(...subject, this.#said.push(said));
  }

  /** What the first row of a stopped subject says; null of one that did not stop. */
  saidOf(subject: TokenWords): Said | null {
    return this.#said[this.#subjects.get(...subject) - 1] ?? null;
  }

  /** Remembers the NHS numbers that the row of a quarantined patient may have. */
  rememberQuarantined(subject: TokenText, numbers: readonly TokenText[]): void {
    const known = this.#quarantined.get(subject) ?? new Set();
    for (const number of numbers) known.add(number);
    this.#quarantined.set(subject, known);
  }

  /** A patient of this source, stopped or in quarantine, has this tuple. */
  addPatient(source: string, tuple: TokenText, number: TokenText | null): void {
    this.add(tuple, number);
    this.patientsOf(source).noteKeptBack(tokenWords(tuple));
  }

  /** A stopped or quarantined patient of this source lived at an earlier address. */
  addEarlier(source: string, subject: TokenWords, tuple: TokenText): void {
    const stopped = this.saidOf(subject);
    const quarantined = this.#quarantined.size === 0 ? undefined : this.#quarantined.get(textOf(...subject));
    const numbers = [...(stopped === null ? [] : [stopped.number]), ...(quarantined ?? [])];
    for (const number of numbers.length === 0 ? [null] : numbers) this.addPatient(source, tuple, number);
  }

  /** The list as a store holds it: halves of tokens as signed 64-bit numbers, sorted, each line once. */
  csv(): string {
    return `${[WITNESS_COLUMNS.join(','), ...[...this.#lines].sort()].join('\n')}\n`;
  }

  /** Forgets everybody. */
  clear(): void {
    this.#lines.clear();
    this.#subjects.clear();
    this.#said.length = 0;
    this.#quarantined.clear();
    for (const one of this.#patients.values()) one.clear();
  }
}

const words = new Uint32Array(4);
const halves = new BigInt64Array(words.buffer);

/** A token's words as a store's lists hold it: its halves, `a,b`. */
export function textOf(w0: number, w1: number, w2: number, w3: number): TokenText {
  words[0] = w0;
  words[1] = w1;
  words[2] = w2;
  words[3] = w3;
  return `${halves[0]},${halves[1]}` as TokenText;
}
