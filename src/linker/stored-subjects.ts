import { refused } from '../domain/problem.ts';
import type { ScannedColumn, ScannedTable, ScannedVector } from '../engine/scanned-table.ts';
import { SUBJECT_NUMBER } from '../store/subject-columns.ts';
import type { OpenParts } from './open-parts.ts';
import { subjectsName } from './stored-relations.ts';
import { StoredTable } from './stored-table.ts';

/** The subjects of a source in a token store. Behind the stored columns is `subject`, the number of each: its index in the part. */
export class StoredSubjects implements ScannedTable {
  readonly name: string;
  readonly #stored: StoredTable;
  readonly #path: string;
  readonly #subjects: number;

  /**
   * @param path its part; not opened yet
   * @param subjects how many the store says that there are
   */
  constructor(source: string, path: string, subjects: number, parts: OpenParts) {
    this.name = subjectsName(source);
    this.#path = path;
    this.#subjects = subjects;
    this.#stored = new StoredTable(this.name, [path], parts);
  }

  /** @throws TallystickError (exit 1) for another number of subjects: rows of one that is not there would be taken for an orphan's */
  get columns(): readonly ScannedColumn[] {
    if (this.rows !== this.#subjects) {
      throw refused({
        file: this.#path,
        message: `is damaged: it has ${this.rows} subjects, and its store says ${this.#subjects}`,
        wayOut: 'fetch the store again from the provider, or tokenise again',
      });
    }
    return [...this.#stored.columns, { name: SUBJECT_NUMBER, type: 'integer', texts: [] }];
  }

  get rows(): number {
    return this.#stored.rows;
  }

  get batches(): number {
    return this.#stored.batches;
  }

  rowsOf(batch: number): number {
    return this.#stored.rowsOf(batch);
  }

  read(batch: number, column: number): ScannedVector {
    if (column < this.#stored.columns.length) return this.#stored.read(batch, column);
    let first = 0;
    for (let before = 0; before < batch; before += 1) first += this.rowsOf(before);
    const values = Int32Array.from({ length: this.rowsOf(batch) }, (_, row) => first + row);
    return { values, validity: null, textIndexes: null };
  }
}
