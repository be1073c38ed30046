import { csvCell } from '../../domain/csv-cell.ts';
import type { Problem } from '../../domain/problem.ts';
import { QuarantineRefusal } from '../../domain/quarantine-refusal.ts';
import type { SourceSpec } from '../../pipeline/pipeline.ts';
import type { QuarantinedRow } from '../extract/locate-faults.ts';

/** Places named in the message when a run stops for too many faulty rows. */
const PLACES_SHOWN = 5;

/** `quarantine.csv`: file, line, column, reason; sorted, and never a value. */
export function quarantineCsv(rows: readonly QuarantinedRow[]): string {
  const sorted = [...rows].sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || (a.column < b.column ? -1 : 1),
  );
  const lines = sorted.map(({ file, line, column, reason }) =>
    [csvCell(file), line, csvCell(column), csvCell(reason)].join(','),
  );
  return `${['file,line,column,reason', ...lines].join('\n')}\n`;
}

/** @throws QuarantineRefusal (exit 1) when more of a table's rows are faulty than its source allows */
export function checkQuarantine(
  source: SourceSpec,
  table: string,
  rowsIn: number,
  rows: readonly QuarantinedRow[],
): void {
  if (rows.length <= rowsIn * source.quarantineMax) return;
  const share = (value: number) => `${Number((value * 100).toFixed(3))}%`;
  const problems: Problem[] = rows.slice(0, PLACES_SHOWN).map(({ file, line, column, reason }) => ({
    file,
    line,
    ...(column === '' ? {} : { column }),
    message: reason,
  }));
  const summary = {
    message: `${rows.length} of ${rowsIn} rows of ${source.name}.${table} are faulty (${share(rows.length / rowsIn)}); at most ${share(source.quarantineMax)} may be`,
    wayOut: `mend the delivery, or raise sources.${source.name}.quarantine.max in the pipeline file`,
  };
  throw new QuarantineRefusal([...problems, summary], rows);
}
