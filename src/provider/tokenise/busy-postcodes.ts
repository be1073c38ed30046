import type { TokenColumn } from './token-column.ts';
import { TokenMap } from './token-map.ts';

/**
 * How many distinct patients of one source live, or lived, at each postcode, and who they are: tokens of
 * `sex|birth date|postcode`, of which each counts for one patient.
 *
 * A postcode has no token of its own: the busiest could be recognised by how often their tokens occur. So they are
 * counted here, above the identity boundary, in this process's memory: about 40 bytes a patient, and one short text a
 * postcode. What crosses the boundary is which tuples are of a busy postcode.
 */
export class BusyPostcodes {
  /** tuples, with the number of their postcode, from 1 */
  readonly #tuples = new TokenMap();
  readonly #numbers = new Map<string, number>();
  /** by number of the postcode, less one */
  readonly #patients: number[] = [];

  /**
   * Counts the patient of a row's tuple, if it has not been met before.
   *
   * @param postcode canonical; asked for only where the tuple is new
   */
  count({ aWords, bWords }: TokenColumn, row: number, postcode: () => string): void {
    const word = row * 2;
    const [w0, w1, w2, w3] = [aWords[word]!, aWords[word + 1]!, bWords[word]!, bWords[word + 1]!];
    if (this.#tuples.get(w0, w1, w2, w3) !== 0) return;
    const written = postcode();
    let number = this.#numbers.get(written);
    if (number === undefined) {
      number = this.#patients.push(0);
      this.#numbers.set(written, number);
    }
    this.#tuples.set(w0, w1, w2, w3, number);
    this.#patients[number - 1]! += 1;
  }

  /**
   * The tuples at the busiest postcodes: those with the most patients, at most `share` of all postcodes. Of postcodes with
   * equally many patients either all are among them or none, so that the order of rows decides nothing.
   *
   * @param share from 0 to 1
   * @returns the tuples' halves, as a store writes them: signed 64-bit integers, in no order
   */
  tuplesOfBusiest(share: number): (readonly [a: bigint, b: bigint])[] {
    const descending = this.#patients.toSorted((a, b) => b - a);
    const most = descending[Math.floor(descending.length * share)] ?? 0;
    const found: (readonly [bigint, bigint])[] = [];
    this.#tuples.forEach((w0, w1, w2, w3, number) => {
      if (this.#patients[number - 1]! > most) found.push([half(w0, w1), half(w2, w3)]);
    });
    return found;
  }

  /** Forgets everybody. */
  clear(): void {
    this.#tuples.clear();
    this.#numbers.clear();
    this.#patients.length = 0;
  }
}

function half(low: number, high: number): bigint {
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
}
