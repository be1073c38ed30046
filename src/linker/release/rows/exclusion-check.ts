import { bug } from '../../../domain/problem.ts';
import type { ScannedTable } from '../../../engine/scanned-table.ts';
import { isValid } from '../../../write/validity-bitmap.ts';
import { addFlags } from './flags.ts';
import { SENSITIVE } from './row-owners.ts';

/** A column that is looked through for codes whose rows are never released. */
export interface CodeColumn {
  readonly column: number;
  /** its sensitive texts */
  readonly sensitive: ReadonlySet<string>;
}

/** @param isSensitive the rule of the domain for the column's code system: it is asked once a text */
export function codeColumn(
  table: ScannedTable,
  column: number,
  isSensitive: (text: string) => boolean,
): CodeColumn {
  return { column, sensitive: new Set(table.columns[column]!.texts.filter(isSensitive)) };
}

interface SearchedColumn extends CodeColumn {
  /** by index of the text: 1 where a released row has it */
  readonly released: Uint8Array;
}

/** What was counted in some batches. */
export interface ExclusionCounts {
  readonly leftOut: number;
  readonly withCode: number;
  /** by column that has sensitive texts, and by index of the text: 1 where a released row has it */
  readonly released: readonly Uint8Array[];
}

/**
 * Counts rows with a sensitive code a second time, from the other side: by the texts of the rows, where they are left out by the codes of
 * a dictionary (`RowOwners`). Of each row that is left out, one of its own texts must be sensitive; and no text that a released row has
 * may be, in any column that is looked through, released or not.
 */
export class ExclusionCheck {
  readonly #table: ScannedTable;
  /** those that have a sensitive code */
  readonly #columns: readonly SearchedColumn[];
  #leftOut = 0;
  #withCode = 0;

  constructor(table: ScannedTable, columns: readonly CodeColumn[]) {
    this.#table = table;
    this.#columns = columns
      .filter(({ sensitive }) => sensitive.size > 0)
      .map((one) => ({ ...one, released: new Uint8Array(table.columns[one.column]!.texts.length) }));
  }

  get counts(): ExclusionCounts {
    const released = this.#columns.map((one) => one.released);
    return { leftOut: this.#leftOut, withCode: this.#withCode, released };
  }

  /** Adds what was counted in other batches, of the same columns. */
  add({ leftOut, withCode, released }: ExclusionCounts): void {
    this.#leftOut += leftOut;
    this.#withCode += withCode;
    for (const [index, column] of this.#columns.entries()) addFlags(column.released, released[index]!);
  }

  /** @param owners of the batch's rows, or why there is none (`RowOwners`) */
  read(batch: number, owners: Int32Array): void {
    const withCode = new Set<number>();
    for (const { column, sensitive, released } of this.#columns) {
      const { values, validity, textIndexes } = this.#table.read(batch, column);
      if (textIndexes === null || !(values instanceof Int32Array))
        throw bug('a column of codes holds no texts');
      const { texts } = this.#table.columns[column]!;
      for (let row = 0; row < owners.length; row += 1) {
        const owner = owners[row]!;
        if ((owner < 0 && owner !== SENSITIVE) || (validity !== null && !isValid(validity, row))) continue;
        const index = textIndexes[values[row]!]!;
        if (owner >= 0) released[index] = 1;
        else if (sensitive.has(texts[index]!)) withCode.add(row);
      }
    }
    this.#withCode += withCode.size;
    for (let row = 0; row < owners.length; row += 1) if (owners[row] === SENSITIVE) this.#leftOut += 1;
  }

  /** @throws a bug where a row is left out that has no such code, or one is not that has */
  finish(): void {
    const { name } = this.#table;
    if (this.#withCode !== this.#leftOut) {
      throw bug(
        `${this.#leftOut} rows of ${name} are left out because of a sensitive code, and ${this.#withCode} have one`,
      );
    }
    for (const { column, sensitive, released } of this.#columns) {
      const { name: of, texts } = this.#table.columns[column]!;
      if (texts.some((text, index) => released[index] === 1 && sensitive.has(text))) {
        throw bug(`a row of ${name} with a sensitive code in ${of} is not left out`);
      }
    }
  }
}
