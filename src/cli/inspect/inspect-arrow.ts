import { type ArrowFile, openArrowFile } from '../../write/arrow-read.ts';
import type { ReadColumn } from '../../write/read-column.ts';
import { type Cell, cellAt } from './cell-at.ts';

/** The description of a column, without data of any person. */
export interface ColumnSummary {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** description, role, source and rule, as in the file */
  readonly metadata: Readonly<Record<string, string>>;
  /** the number of values in its dictionary; null for a column without one */
  readonly dictionarySize: number | null;
  readonly nulls: number;
  /** of the first batch */
  readonly firstBatch: { readonly nulls: number; readonly distinct: number };
}

export interface ArrowSummary {
  readonly file: string;
  readonly rows: number;
  readonly batches: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly columns: readonly ColumnSummary[];
  /** the requested rows; none by default */
  readonly head: readonly Readonly<Record<string, Cell>>[];
}

/**
 * Reads an Arrow file through, one batch in memory at a time.
 *
 * @param rows the number of rows to return: they are about people, so none by default
 * @throws WriteError `not-arrow`
 */
export async function inspectArrow(path: string, rows: number): Promise<ArrowSummary> {
  const arrow = await openArrowFile(path);
  try {
    const nulls = arrow.fields.map(() => 0);
    let first: ColumnSummary['firstBatch'][] = [];
    const head: ArrowSummary['head'][number][] = [];
    let [total, batches] = [0, 0];
    for await (const batch of arrow.batches()) {
      if (batches === 0) first = batch.columns.map((column) => summariseColumn(column, batch.rows));
      for (const [index, column] of batch.columns.entries()) nulls[index]! += column.nulls;
      for (let row = 0; row < batch.rows && head.length < rows; row += 1) {
        const cells = arrow.fields.map((field, index) => [field.name, cellAt(batch.columns[index]!, row)]);
        head.push(Object.fromEntries(cells));
      }
      total += batch.rows;
      batches += 1;
    }
    return {
      file: path,
      rows: total,
      batches,
      metadata: Object.fromEntries(arrow.metadata),
      columns: columnsOf(arrow, nulls, first),
      head,
    };
  } finally {
    await arrow.close();
  }
}

function columnsOf(
  { fields }: ArrowFile,
  nulls: readonly number[],
  first: readonly ColumnSummary['firstBatch'][],
): ColumnSummary[] {
  return fields.map(({ name, kind, nullable, metadata, dictionary }, index) => ({
    name,
    type: kind,
    nullable,
    metadata: Object.fromEntries(metadata),
    dictionarySize: dictionary?.length ?? null,
    nulls: nulls[index]!,
    firstBatch: first[index] ?? { nulls: 0, distinct: 0 },
  }));
}

/** The number of values in a batch, and of distinct ones; never the values. */
function summariseColumn(column: ReadColumn, rows: number): ColumnSummary['firstBatch'] {
  const seen = new Set<Cell>();
  for (let row = 0; row < rows; row += 1) {
    const value = cellAt(column, row);
    if (value !== null) seen.add(value);
  }
  return { nulls: column.nulls, distinct: seen.size };
}
