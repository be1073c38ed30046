import { bug } from '../../../domain/problem.ts';
import type { ScannedTable, ScannedVector } from '../../../engine/scanned-table.ts';
import { longWords } from '../../../store/long-words.ts';
import { SUBJECT_NUMBER } from '../../../store/subject-columns.ts';
import { isValid } from '../../../write/validity-bitmap.ts';
import { ALONE } from '../../opt-outs/held-code.ts';
import { NOBODYS, type Owners } from './owners.ts';
import { sharedBytes, sharedInts } from './shared-arrays.ts';

/** Why a row is not released, in place of its owner. The number of its person's reason (`opt-outs/held-code`) is taken off `PERSON_LEFT_OUT`. */
export const NO_OWNER = -1;
export const ORPHAN = -2;
export const SENSITIVE = -3;
export const PERSON_LEFT_OUT = -4;
/** From here down, the reason of the row's person is the only one why it is not released. */
const LEFT_OUT_ALONE = PERSON_LEFT_OUT - ALONE;

/** A column of codes, with a 1 for each of its texts whose rows are never released. */
export interface ExcludedCodes {
  readonly column: number;
  readonly flags: Uint8Array;
}

/** The owners of all rows of a table, each batch found by the first who asks: in memory that threads share. */
export interface KeptOwners {
  /** of each row of the table */
  readonly owners: Int32Array;
  /** by batch: 1 where they are found */
  readonly isFound: Uint8Array;
}

export function keepOwners({ rows, batches }: ScannedTable): KeptOwners {
  return { owners: sharedInts(rows), isFound: sharedBytes(batches) };
}

/** Who owns each row of a stored table that is released, and why the others are not. */
export class RowOwners {
  readonly #table: ScannedTable;
  readonly #owners: Owners;
  /** the column that names a subject, or those of a parent's token */
  readonly #key: readonly number[];
  readonly #excluded: readonly ExcludedCodes[];
  readonly #kept: KeptOwners | null;
  /** row of the table with which each batch begins, and behind them where the last ends */
  readonly #starts: readonly number[];

  /**
   * @param key whether rows name a subject, or a parent
   * @param kept where they are kept; null where memory has no room for them, and they are found anew each time
   */
  constructor(
    table: ScannedTable,
    owners: Owners,
    key: 'subject' | 'parent',
    excluded: readonly ExcludedCodes[],
    kept: KeptOwners | null,
  ) {
    this.#table = table;
    this.#owners = owners;
    const names = key === 'subject' ? [SUBJECT_NUMBER] : ['parent_a', 'parent_b'];
    this.#key = names.map((name) => columnIndex(table, name));
    this.#excluded = excluded;
    this.#kept = kept;
    this.#starts = startsOfBatches(table);
  }

  /** The owner of each row of a batch (its index in `Owners`), or why there is none. The array must not be changed. */
  of(batch: number): Int32Array {
    if (this.#kept === null) return this.#find(batch);
    const { owners, isFound } = this.#kept;
    const found = owners.subarray(this.#starts[batch], this.#starts[batch + 1]);
    if (isFound[batch] === 0) {
      found.set(this.#find(batch));
      isFound[batch] = 1;
    }
    return found;
  }

  #find(batch: number): Int32Array {
    const [a, b] = this.#key.map((column) => this.#table.read(batch, column));
    const found =
      b === undefined ? subjectsOf(a!, this.#owners) : lookUp(a!, b, this.#table.rowsOf(batch), this.#owners);
    for (const { column, flags } of this.#excluded) exclude(found, this.#table.read(batch, column), flags);
    return found;
  }
}

function startsOfBatches(table: ScannedTable): number[] {
  const starts = [0];
  for (let batch = 0; batch < table.batches; batch += 1) starts.push(starts[batch]! + table.rowsOf(batch));
  return starts;
}

/** @throws a bug for a column that the table has not */
export function columnIndex({ name, columns }: ScannedTable, column: string): number {
  const index = columns.findIndex((one) => one.name === column);
  if (index < 0) throw bug(`the stored table ${name} has no column ${column}`);
  return index;
}

/** A subject's number is its index among the owners. */
function subjectsOf({ values, validity }: ScannedVector, owners: Owners): Int32Array {
  if (owners.index !== null || !(values instanceof Int32Array)) throw bug('rows name no subjects by number');
  const found = new Int32Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const isNamed = validity === null || isValid(validity, row);
    found[row] = isNamed ? ownerOrReason(values[row]!, owners) : NO_OWNER;
  }
  return found;
}

/** An owner whose rows are released, or why they are not. */
function ownerOrReason(owner: number, { persons, reasons }: Owners): number {
  const person = persons[owner];
  if (person === undefined) throw bug('a row names an owner that is not there');
  if (person >= 0) return owner;
  return reasons[owner] === NOBODYS ? ORPHAN : PERSON_LEFT_OUT - reasons[owner]!;
}

function lookUp(a: ScannedVector, b: ScannedVector, rows: number, owners: Owners): Int32Array {
  const found = new Int32Array(rows);
  const { index } = owners;
  if (index === null) throw bug('rows name no parents by token');
  const [high, low] = [longWords(a.values), longWords(b.values)];
  // rows of one patient are often beside each other
  let last = -1;
  for (let row = 0; row < rows; row += 1) {
    if (
      (a.validity !== null && !isValid(a.validity, row)) ||
      (b.validity !== null && !isValid(b.validity, row))
    ) {
      found[row] = NO_OWNER;
    } else if (last >= 0 && isSame(high, last, row) && isSame(low, last, row)) {
      found[row] = found[last]!;
    } else {
      const owner = index.find(high, low, row);
      found[row] = owner < 0 ? ORPHAN : ownerOrReason(owner, owners);
      last = row;
    }
  }
  return found;
}

function isSame(words: Uint32Array, one: number, other: number): boolean {
  return words[one * 2] === words[other * 2] && words[one * 2 + 1] === words[other * 2 + 1];
}

/** Takes released rows out that have one of the codes. A row that one reason holds has another then: its reason is not the only one. */
function exclude(
  owners: Int32Array,
  { values, validity, textIndexes }: ScannedVector,
  flags: Uint8Array,
): void {
  if (textIndexes === null || !(values instanceof Int32Array))
    throw bug('a column of codes is no column of texts');
  const isExcluded = Uint8Array.from(textIndexes, (index) => flags[index]!);
  for (let row = 0; row < owners.length; row += 1) {
    const owner = owners[row]!;
    if (
      (owner >= 0 || owner <= LEFT_OUT_ALONE) &&
      isExcluded[values[row]!] === 1 &&
      (validity === null || isValid(validity, row))
    ) {
      owners[row] = owner >= 0 ? SENSITIVE : owner + ALONE;
    }
  }
}
