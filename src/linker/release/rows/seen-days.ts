import type { ScannedColumn, ScannedTable, ScannedVector } from '../../../engine/scanned-table.ts';
import { isValid } from '../../../write/validity-bitmap.ts';
import { readDays } from './rank-sources.ts';
import { NO_VALUE } from './ranks.ts';
import { sharedInts } from './shared-arrays.ts';

/** The days of each person, in memory that threads share. */
export interface SharedDays {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** First and last day on which the released records of a setting saw each person. Several threads may read batches at once. */
export class SeenDays {
  readonly #first: Int32Array;
  readonly #last: Int32Array;

  constructor({ first, last }: SharedDays) {
    this.#first = first;
    this.#last = last;
  }

  /** None yet. @param persons how many are released */
  static of(persons: number): SeenDays {
    return new SeenDays({
      first: sharedInts(persons).fill(NO_VALUE),
      last: sharedInts(persons).fill(-NO_VALUE),
    });
  }

  /** What another thread needs to add to them. */
  get shared(): SharedDays {
    return { first: this.#first, last: this.#last };
  }

  /**
   * Adds the rows of a batch.
   *
   * @param column of the stored table, which dates its records
   * @param owners of the rows; below 0 for a row that is not released
   * @param persons of the owners
   */
  read(table: ScannedTable, batch: number, column: number, owners: Int32Array, persons: Int32Array): void {
    const { days, validity } = readDays(table, batch, column);
    for (let row = 0; row < owners.length; row += 1) {
      const day = days[row]!;
      if (owners[row]! < 0 || (validity !== null && !isValid(validity, row))) continue;
      const person = persons[owners[row]!]!;
      // of an old value that this thread still sees, the new one is further out: what is not beyond it is not beyond the new one
      if (day < this.#first[person]!) lower(this.#first, person, day);
      if (day > this.#last[person]!) raise(this.#last, person, day);
    }
  }

  /** The persons with such a day, as a table for the engine: person, first_seen, last_seen. */
  table(name: string): ScannedTable {
    const seen = this.#first.reduce((sum, day) => (day === NO_VALUE ? sum : sum + 1), 0);
    const persons = new Int32Array(seen);
    const [first, last] = [new Int32Array(seen), new Int32Array(seen)];
    let row = 0;
    for (let person = 0; person < this.#first.length; person += 1) {
      if (this.#first[person] === NO_VALUE) continue;
      persons[row] = person;
      first[row] = this.#first[person]!;
      last[row] = this.#last[person]!;
      row += 1;
    }
    const vectors = [persons, first, last].map(
      (values): ScannedVector => ({ values, validity: null, textIndexes: null }),
    );
    return {
      name,
      columns: SEEN_COLUMNS,
      rows: seen,
      batches: seen === 0 ? 0 : 1,
      rowsOf: () => seen,
      read: (_, column) => vectors[column]!,
    };
  }
}

function lower(days: Int32Array, person: number, day: number): void {
  for (let known = Atomics.load(days, person); day < known; ) {
    const found = Atomics.compareExchange(days, person, known, day);
    if (found === known) return;
    known = found;
  }
}

function raise(days: Int32Array, person: number, day: number): void {
  for (let known = Atomics.load(days, person); day > known; ) {
    const found = Atomics.compareExchange(days, person, known, day);
    if (found === known) return;
    known = found;
  }
}

const SEEN_COLUMNS: readonly ScannedColumn[] = [
  { name: 'person', type: 'integer', texts: [] },
  { name: 'first_seen', type: 'date', texts: [] },
  { name: 'last_seen', type: 'date', texts: [] },
];
