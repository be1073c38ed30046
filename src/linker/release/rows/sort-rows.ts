/**
 * The order in which rows are written that already are by person: a person's by their ranks, column by column.
 *
 * @param starts where the rows of each person begin, and behind them where the last ends
 * @param keys ranks of each row, one array a column; the first column counts most
 * @returns indexes of the rows
 */
export function sortWithinPersons(starts: Int32Array, keys: readonly Int32Array[]): Int32Array {
  const rows = starts[starts.length - 1]!;
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row += 1) order[row] = row;
  for (let person = 0; person + 1 < starts.length; person += 1) {
    const from = starts[person]!;
    const to = starts[person + 1]!;
    if (to - from > FEW) order.subarray(from, to).sort((a, b) => compare(keys, a, b));
    else sortFew(order, from, to, keys);
  }
  return order;
}

/** Up to this many rows, to insert each among those before it is faster than the library's sort. */
const FEW = 32;

function sortFew(order: Int32Array, from: number, to: number, keys: readonly Int32Array[]): void {
  for (let next = from + 1; next < to; next += 1) {
    const row = order[next]!;
    let index = next;
    while (index > from && compare(keys, row, order[index - 1]!) < 0) {
      order[index] = order[index - 1]!;
      index -= 1;
    }
    order[index] = row;
  }
}

/** Less than 0 where row a is before row b; 0 where they are released with the same values. */
function compare(keys: readonly Int32Array[], a: number, b: number): number {
  for (let key = 0; key < keys.length; key += 1) {
    const ranks = keys[key]!;
    const difference = ranks[a]! - ranks[b]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
