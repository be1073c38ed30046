import { type ColumnScanner, MAX_ENTRIES, NO_CODE } from '../../kernel/column-scanner.ts';
import type { PlainTable } from './plain-table.ts';
import type { ScannedRecord } from './scanned-record.ts';

/** A column that is looked through, and whether a cell of it is looked for: by its text as it is delivered, and by nothing else. */
export interface SoughtColumn {
  readonly name: string;
  readonly isSought: (cell: string) => boolean;
}

/** Finds the rows with a cell of one column that is looked for, and adds them to `found`. */
export type RowFinder = (table: PlainTable, column: number, found: Set<number>) => void;

/** What is known of a cell by its code. */
const VERDICT = { unknown: 0, none: 1, sought: 2 } as const;

/** Asks once a distinct cell: for columns of codes and the like. */
export function findByCells(scanner: ColumnScanner, { isSought }: SoughtColumn): RowFinder {
  const verdicts = new Uint8Array(MAX_ENTRIES);
  return ({ text, rows, width, quote }, column, found) => {
    const codes = scanner.encode(column, width, rows, quote);
    // by index: an entry of each of millions of rows would be an object to collect
    for (let row = 0; row < rows; row += 1) {
      const code = codes[row]!;
      if (code === NO_CODE) {
        if (isSought(textOf(text.row(row, width), column))) found.add(row);
        continue;
      }
      if (verdicts[code] === VERDICT.unknown) {
        verdicts[code] = isSought(scanner.textOf(code).toString('utf8')) ? VERDICT.sought : VERDICT.none;
      }
      if (verdicts[code] === VERDICT.sought) found.add(row);
    }
  };
}

/**
 * Looks for a few keys among very many, nearly all different: each cell is looked up in a sieve, and only what the sieve lets through is
 * asked for.
 *
 * @param keys the only texts, blanks around them or not, of which `isSought` is true
 */
export function findByKeys(
  scanner: ColumnScanner,
  { isSought }: SoughtColumn,
  keys: ReadonlySet<string>,
): RowFinder {
  for (const key of keys) scanner.mark(Buffer.from(key, 'utf8'));
  return ({ text, rows, width, quote }, column, found) => {
    const sifted = scanner.sift(column, width, rows, quote);
    for (let row = 0; row < rows; row += 1) {
      if (sifted[row] !== 0 && isSought(textOf(text.row(row, width), column))) found.add(row);
    }
  };
}

/** The text of a cell of a record that has one there. */
export function textOf(record: ScannedRecord, index: number): string {
  return record.field(index)!.toString('utf8');
}
