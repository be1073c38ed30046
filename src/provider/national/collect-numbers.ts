import type { NhsNumber } from '../../domain/nhs-number.ts';
import { OUTCOMES } from '../../domain/standardised.ts';
import { ColumnScanner } from '../../kernel/column-scanner.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { findInputs, type TableInputs } from '../extract/find-inputs.ts';
import { indexesOf } from '../extract/locate-faults.ts';
import { RowReader } from '../extract/row-reader.ts';
import { readSupersededNumbers } from '../extract/superseded-numbers.ts';
import { NhsNumberColumn } from '../standardise/identifier-columns.ts';
import { NumberSet } from './number-set.ts';

/** The NHS numbers of the extracts of a pipeline. */
export interface CollectedNumbers {
  /** each once, in ascending order; the caller clears it */
  readonly numbers: NumberSet;
  /** rows of tables with a column of NHS numbers */
  readonly rows: number;
  /** rows among them without a valid number, of which nobody can be asked about */
  readonly without: number;
}

/** 2^32: a number of ten digits is in two words. */
const HIGH_WORD = 2 ** 32;
const VALID: ReadonlySet<number> = new Set([OUTCOMES.valid.code, OUTCOMES.repaired.code]);

/**
 * Reads every column of NHS numbers of the extracts, by the same readers as a run. A superseded number becomes the current one,
 * as it does in a run: that is the number which a released person is known by.
 *
 * @throws TallystickError (exit 1) for a delivery that a run would refuse for its files; the reason of the signal, if it is aborted
 */
export async function collectNumbers(pipeline: Pipeline, signal: AbortSignal): Promise<CollectedNumbers> {
  const superseded = currentNumbers(
    readSupersededNumbers(pipeline.link.supersededNumbers, pipeline.synthetic),
  );
  const inputs = await findInputs(pipeline, null);
  const numbers = new NumberSet();
  let [rows, without] = [0, 0];
  for (const input of inputs) {
    const read = await readTable(pipeline, input, signal, (number) =>
      numbers.add(superseded.get(number) ?? number),
    );
    rows += read.rows;
    without += read.without;
  }
  return { numbers, rows, without };
}

async function readTable(
  pipeline: Pipeline,
  { table, files }: TableInputs,
  signal: AbortSignal,
  take: (number: number) => void,
): Promise<Pick<CollectedNumbers, 'rows' | 'without'>> {
  const columns = table.columns.filter(({ role }) => role === 'nhs-number');
  if (columns.length === 0) return { rows: 0, without: 0 };
  const scanner = new ColumnScanner();
  const readers = columns.map((column) => new NhsNumberColumn(column, pipeline));
  const reader = new RowReader(scanner, readers);
  let [rows, found] = [0, 0];
  const takeRows = (count: number) => {
    for (const { values, outcomes } of readers) {
      for (let row = 0; row < count; row += 1) {
        if (!VALID.has(outcomes[row]!)) continue;
        found += 1;
        take(values[row * 2 + 1]! * HIGH_WORD + values[row * 2]!);
      }
    }
  };
  try {
    for (const { file, header } of files) {
      const layout = { format: table.format, header, read: indexesOf(columns, header) };
      rows += (await reader.readFile(file, layout, takeRows, signal)).rows;
    }
  } finally {
    scanner.clear();
    for (const { values } of readers) values.fill(0);
  }
  return { rows, without: rows * columns.length - found };
}

function currentNumbers(superseded: ReadonlyMap<NhsNumber, NhsNumber>): ReadonlyMap<number, number> {
  return new Map([...superseded].map(([old, current]) => [Number(old), Number(current)]));
}
