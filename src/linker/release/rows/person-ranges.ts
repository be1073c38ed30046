/** Persons `first` to `end` - 1, whose released rows are in memory at once. */
export interface PersonRange {
  readonly first: number;
  readonly end: number;
  readonly rows: number;
}

/**
 * Divides persons so that the rows of each range fit into memory. A person with more rows than that is a range alone.
 *
 * @param rowsOf number of released rows of each person
 * @param most rows that fit
 */
export function personRanges(rowsOf: Int32Array, most: number): PersonRange[] {
  const ranges: PersonRange[] = [];
  let first = 0;
  let rows = 0;
  for (let person = 0; person < rowsOf.length; person += 1) {
    if (rows > 0 && rows + rowsOf[person]! > most) {
      ranges.push({ first, end: person, rows });
      first = person;
      rows = 0;
    }
    rows += rowsOf[person]!;
  }
  return rows === 0 ? ranges : [...ranges, { first, end: rowsOf.length, rows }];
}
