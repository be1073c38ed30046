import { ArrowFileWriter, type WrittenArrowFile } from '../../../write/arrow-file-writer.ts';
import { BATCH_ROWS } from '../../../write/batch-gatherer.ts';
import { outputColumns } from '../../publish/write-table.ts';
import { ColumnGatherer, gatherPersons } from './gather-rows.ts';
import type { SortedRows } from './sorted-rows.ts';
import type { PreparedRows } from './table-rows.ts';

/**
 * Writes the rows of a table to an Arrow file, one range of persons after another.
 *
 * @param read reads the rows of a range
 * @param onBatch awaited before rows are written: throws where the run is stopped
 */
export async function writeRows(
  { outputs, gathered, ranges }: PreparedRows,
  metadata: ReadonlyMap<string, string>,
  path: string,
  read: (range: PreparedRows['ranges'][number]) => Promise<SortedRows>,
  onBatch: (rows: number) => Promise<void>,
): Promise<WrittenArrowFile> {
  const gatherers = gathered.map((column) => new ColumnGatherer(column, BATCH_ROWS));
  const writer = await ArrowFileWriter.open(path, outputColumns(outputs), metadata);
  try {
    for (const range of ranges) {
      const rows = await read(range);
      for (let from = 0; from < range.rows; from += BATCH_ROWS) {
        const count = Math.min(BATCH_ROWS, range.rows - from);
        await onBatch(count);
        writer.append({
          rows: count,
          columns: [
            gatherPersons(rows, from, count),
            ...gatherers.map((one) => one.gather(rows, from, count)),
          ],
        });
      }
    }
    return await writer.close();
  } catch (fault) {
    await writer.abort();
    throw fault;
  }
}
