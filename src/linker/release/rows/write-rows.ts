import { ArrowFileWriter, type WrittenArrowFile } from '../../../write/arrow-file-writer.ts';
import { BATCH_ROWS } from '../../../write/batch-gatherer.ts';
import type { ChunkColumn } from '../../../write/output-column.ts';
import { type OutputPlan, outputColumns } from '../../publish/write-table.ts';
import type { GatheredRows } from './gather-rows.ts';
import type { OnBatch } from './sorted-rows.ts';

/** Writes the rows of a table to an Arrow file, one range of persons after another. */
export async function writeRows(
  outputs: readonly OutputPlan[],
  metadata: ReadonlyMap<string, string>,
  path: string,
  ranges: AsyncIterable<GatheredRows>,
  onBatch: OnBatch,
): Promise<WrittenArrowFile> {
  const writer = await ArrowFileWriter.open(path, outputColumns(outputs), metadata);
  try {
    for await (const { rows, columns } of ranges) {
      for (let from = 0; from < rows; from += BATCH_ROWS) {
        const count = Math.min(BATCH_ROWS, rows - from);
        await onBatch(count);
        writer.append({ rows: count, columns: columns.map((column) => part(column, from, count)) });
      }
    }
    return await writer.close();
  } catch (fault) {
    await writer.abort();
    throw fault;
  }
}

/** @param from a multiple of 8 */
function part(
  { values, validity }: GatheredRows['columns'][number],
  from: number,
  count: number,
): ChunkColumn {
  const end = from + count;
  return {
    values:
      'buffer' in values
        ? values.subarray(from, end)
        : [values[0].subarray(from, end), values[1].subarray(from, end)],
    validity: validity === null ? null : validity.subarray(from / 8, Math.ceil(end / 8)),
  };
}
