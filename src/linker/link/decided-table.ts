import type { ScannedColumn, ScannedTable, ScannedVector } from '../../engine/scanned-table.ts';
import { readDecidedTokens, type TokensOfKind } from '../../store/decided-tokens.ts';
import { inByteOrder } from '../byte-order.ts';

/** The opt-outs that come from kept registers alone, as SQL reads them: kind, a, b. They are read when they are asked for. */
export class DecidedTable implements ScannedTable {
  readonly name = 'decided_opt_outs';
  readonly #files: readonly string[];
  #lists: readonly TokensOfKind[] | null = null;

  /** @param files one of each store that has any */
  constructor(files: readonly string[]) {
    this.#files = files;
  }

  get columns(): readonly ScannedColumn[] {
    return [
      { name: 'kind', type: 'text', texts: this.#kinds },
      { name: 'a', type: 'bigint', texts: [] },
      { name: 'b', type: 'bigint', texts: [] },
    ];
  }

  get rows(): number {
    return this.#read().reduce((sum, { a }) => sum + a.length, 0);
  }

  get batches(): number {
    return this.#read().length;
  }

  rowsOf(batch: number): number {
    return this.#read()[batch]!.a.length;
  }

  read(batch: number, column: number): ScannedVector {
    const { kind, a, b } = this.#read()[batch]!;
    if (column > 0) return { values: column === 1 ? a : b, validity: null, textIndexes: null };
    return {
      values: new Int32Array(a.length),
      validity: null,
      textIndexes: Int32Array.of(this.#kinds.indexOf(kind)),
    };
  }

  get #kinds(): readonly string[] {
    return inByteOrder(this.#read().map(({ kind }) => kind));
  }

  #read(): readonly TokensOfKind[] {
    this.#lists ??= this.#files.flatMap(readDecidedTokens);
    return this.#lists;
  }
}
