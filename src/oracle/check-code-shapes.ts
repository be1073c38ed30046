import { countShapes, isMisshapen, shapeBits } from '../domain/code-shape.ts';
import { optOutCodes } from '../domain/opt-out-codes.ts';
import { refused } from '../domain/problem.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { storedColumns } from '../store/stored-columns.ts';
import type { DeliveredTable } from './read-files.ts';
import { keyText } from './standardise.ts';
import type { KeptTable } from './stop-at-boundary.ts';

/**
 * Checks that every code column looks like its code system: of stored columns the kept rows, of others all rows.
 *
 * @throws TallystickError (exit 1) for a column that does not
 */
export function checkCodeShapes(
  kept: readonly KeptTable[],
  delivered: readonly DeliveredTable[],
  pipeline: Pipeline,
): void {
  const declared = optOutCodes(pipeline.optOuts.codeOverrides, pipeline.optOuts.lookAlikes);
  for (const { table, rows } of kept) {
    const stored = storedColumns(table, pipeline);
    for (const column of table.columns) {
      const { name, system, codeShape } = column;
      if (codeShape === null) continue;
      const cells = stored.includes(column)
        ? rows.map(({ values }) => values[name] ?? null)
        : delivered.find((one) => one.table === table)!.rows.map((row) => keyText(row, column));
      const bits = cells.flatMap((cell) =>
        cell === null ? [] : [[shapeBits(system!, String(cell), declared), 1] as const],
      );
      if (isMisshapen(countShapes(bits), codeShape)) throw refused({ column: name, message: 'is misshapen' });
    }
  }
}
