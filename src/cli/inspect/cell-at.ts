import type { ReadColumn } from '../../write/read-column.ts';
import { isValid } from '../../write/validity-bitmap.ts';

/** A value that JSON can hold. */
export type Cell = string | number | boolean | null;

const DAY_MS = 86_400_000;

/** One value of a column: days and times as ISO 8601, integers too large for JSON as text. */
export function cellAt(column: ReadColumn, row: number): Cell {
  if (column.validity !== null && !isValid(column.validity, row)) return null;
  switch (column.kind) {
    case 'bool':
      return isValid(column.bits, row);
    case 'dictionary':
      return column.dictionary[column.codes[row]!] ?? null;
    case 'utf8': {
      const { bytes, offsets } = column;
      return Buffer.from(bytes.subarray(offsets[row], offsets[row + 1])).toString('utf8');
    }
    case 'date32':
      return new Date(column.values[row]! * DAY_MS).toISOString().slice(0, 10);
    case 'timestamp-us':
      return new Date(Number(column.values[row]! / 1000n)).toISOString().replace('Z', '');
    case 'int64': {
      const value = column.values[row]!;
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    }
    default:
      return column.values[row]!;
  }
}
