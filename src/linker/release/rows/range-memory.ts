/**
 * Memory for the ranks of a range of rows, which is used again for the next range: the garbage collector lets some 64 MiB a thread pass
 * before it looks for what is free.
 */
export class RangeMemory {
  readonly #columns: Int32Array[] = [];

  /** Memory for a column of so many rows, by its index. What is in it means nothing. */
  ints(column: number, rows: number): Int32Array {
    let ints = this.#columns[column];
    if (ints === undefined || ints.length < rows) {
      ints = new Int32Array(rows);
      this.#columns[column] = ints;
    }
    return ints.subarray(0, rows);
  }
}
