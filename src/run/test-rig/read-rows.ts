import { openArrowFile, type ReadBatch } from '../../write/arrow-read.ts';
import type { ReadColumn } from '../../write/read-column.ts';

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

const DAY_MS = 86_400_000;

/** Every row of an Arrow file as a plain object: dates as YYYY-MM-DD, timestamps as ISO text without a zone. */
export async function readRows(path: string): Promise<Row[]> {
  const file = await openArrowFile(path);
  try {
    const rows: Row[] = [];
    for await (const batch of file.batches()) {
      for (let row = 0; row < batch.rows; row += 1) {
        rows.push(Object.fromEntries(file.fields.map(({ name }, index) => [name, cell(batch, index, row)])));
      }
    }
    return rows;
  } finally {
    await file.close();
  }
}

function cell(batch: ReadBatch, index: number, row: number): Cell {
  const column = batch.columns[index]!;
  const { validity } = column;
  if (validity !== null && ((validity[row >> 3]! >> (row & 7)) & 1) === 0) return null;
  return plainValue(column, row);
}

function plainValue(column: ReadColumn, row: number): Cell {
  switch (column.kind) {
    case 'bool':
      return ((column.bits[row >> 3]! >> (row & 7)) & 1) === 1;
    case 'dictionary':
      return column.dictionary[column.codes[row]!]!;
    case 'utf8':
      return Buffer.from(column.bytes.subarray(column.offsets[row], column.offsets[row + 1])).toString(
        'utf8',
      );
    case 'date32':
      return new Date(column.values[row]! * DAY_MS).toISOString().slice(0, 10);
    case 'timestamp-us':
      return new Date(Number(column.values[row]!) / 1000).toISOString().slice(0, 19);
    default:
      return Number(column.values[row]!);
  }
}
