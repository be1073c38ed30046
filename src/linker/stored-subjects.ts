import type { ScannedColumn, ScannedTable, ScannedVector } from '../engine/scanned-table.ts';
import { SUBJECT_NUMBER } from '../store/subject-columns.ts';
import type { OpenParts } from './open-parts.ts';
import { subjectsName } from './stored-relations.ts';
import { StoredTable } from './stored-table.ts';

/** The subjects of a source in a token store. Behind the stored columns is `subject`, the number of each: its place in the part, from 0. */
export class StoredSubjects implements ScannedTable {
  readonly name: string;
  readonly #stored: StoredTable;

  /** @param path its part; not opened yet */
  constructor(source: string, path: string, parts: OpenParts) {
    this.name = subjectsName(source);
    this.#stored = new StoredTable(this.name, [path], parts);
  }

  get columns(): readonly ScannedColumn[] {
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
