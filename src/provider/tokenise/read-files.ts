import { join } from 'node:path';
import { LongRefusal } from '../../domain/long-refusal.ts';
import { refused } from '../../domain/problem.ts';
import { ColumnScanner } from '../../kernel/column-scanner.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { PartWriter, type WrittenPart } from '../../store/part-writer.ts';
import type { TokenPlan } from '../../store/token-plan.ts';
import type { InputFile } from '../extract/find-files.ts';
import type { TableInputs } from '../extract/find-inputs.ts';
import { checkHeaderFits, emptyFile } from '../extract/header-fits.ts';
import { type FaultyRecord, indexesOf, locateFaults, type QuarantinedRow } from '../extract/locate-faults.ts';
import type { Header } from '../extract/read-header.ts';
import { type ReadFile, RowReader } from '../extract/row-reader.ts';
import { columnsRead, TableColumns } from '../extract/table-columns.ts';
import { UnexpectedCodes } from '../opt-outs/unexpected-codes.ts';
import { type RowTaker, readRanges } from './read-ranges.ts';
import type { ReaderThreads } from './reader-threads.ts';
import { StoredRows, type TokenisedRows } from './stored-rows.ts';
import type { CountedText } from './stored-texts.ts';
import { VectorArrays } from './vector-arrays.ts';
import type { FaultyKeys } from './vector-hasher.ts';

/** A part of a table, as it was written. */
export interface NamedPart extends WrittenPart {
  readonly name: string;
}

/** What the files of one table held. */
export interface ReadTable {
  /** one for each file */
  readonly parts: readonly NamedPart[];
  readonly rowsOfFiles: readonly number[];
  readonly rowsUnparsed: number;
  readonly quarantined: readonly QuarantinedRow[];
  /** the distinct texts of a code column whose spelling is looked at, of stored rows */
  countsOf(column: string): readonly CountedText[];
}

/**
 * Reads the files of one table, one after the other, and writes a part of each.
 *
 * @param searched what the search for opt-outs met in the files that it has read
 * @param look is shown each record that goes to quarantine
 * @param threads that read and hash large files
 * @throws TallystickError (exit 1) for a file without rows, or with other rows than were expected or searched
 */
export async function readFiles(
  pipeline: Pipeline,
  { table, files }: TableInputs,
  plan: TokenPlan,
  tokenised: TokenisedRows,
  searched: ReadonlyMap<InputFile, ReadFile>,
  look: (record: FaultyRecord) => void,
  storeDirectory: string,
  threads: ReaderThreads,
  settings: RunSettings,
): Promise<ReadTable> {
  const columns = new TableColumns(plan, pipeline, settings.runDate);
  const { tokeniser } = tokenised;
  const stored = new StoredRows(plan, pipeline, columns, tokenised);
  const scanner = new ColumnScanner();
  const reader = new RowReader(scanner, columns.readers);
  const unexpected = new UnexpectedCodes(table, pipeline);
  const read = columnsRead(plan);
  const arrays = new VectorArrays(columns, reader.faults, tokeniser.hasher);
  const taker = {
    read: (rows: number) => {
      const vector = columns.vector(rows, reader.faults.codes);
      tokeniser.tokenise(vector);
      stored.store(vector);
    },
    hashed: (rows: number, faulty: FaultyKeys | null) => {
      const vector = columns.vector(rows, reader.faults.codes);
      tokeniser.takeHashed(vector, faulty);
      stored.store(vector);
    },
  } satisfies RowTaker;
  const readInto = async (part: string, file: InputFile, header: Header) => {
    const writer = await PartWriter.open(join(storeDirectory, part), stored.columns);
    try {
      stored.begin(writer);
      const layout = { format: table.format, header, read: indexesOf(read, header) };
      const met = threads.areFor(table, file)
        ? await readRanges(file, { plan, layout }, threads, reader, columns, arrays, taker, settings.signal)
        : await reader.readFile(file, layout, taker.read, settings.signal);
      return { ...met, part: { name: part, ...(await writer.close(stored.dictionaries())) } };
    } catch (fault) {
      await writer.abort();
      throw fault;
    }
  };
  const { counts } = tokeniser;
  const parts: NamedPart[] = [];
  const rowsOfFiles: number[] = [];
  const quarantined: QuarantinedRow[] = [];
  let rowsUnparsed = 0;
  try {
    for (const [index, { file, header }] of files.entries()) {
      settings.signal.throwIfAborted();
      const before = faultyRows(counts.faults);
      const { part, rows, unparsed } = await readInto(`${table.name}-${index}.arrow`, file, header);
      if (counts.optOutCodes > 0) throw new LongRefusal(await unexpected.locate(file, header));
      parts.push(part);
      rowsOfFiles.push(rows);
      rowsUnparsed += unparsed;
      checkHeaderFits(file, header, rows, unparsed);
      const misfit = faultyRows(counts.faults) - before;
      const found = searched.get(file);
      if (
        misfit > 0 ||
        unparsed > 0 ||
        (found !== undefined && (found.rows !== rows || found.unparsed > 0))
      ) {
        const expected = { rows, unparsed, misfit };
        const located = await locateFaults(file, table, header, read, expected, (record) => {
          look(record);
          unexpected.look(record);
        });
        quarantined.push(...located);
        unexpected.check();
      }
      if (rows === 0 && !table.allowEmpty) throw refused(emptyFile(file));
      if (file.expect.rows !== null && rows !== file.expect.rows) {
        throw refused({ file: file.shownAs, message: `has ${rows} rows; ${file.expect.rows} were expected` });
      }
    }
  } finally {
    scanner.clear();
    columns.clear();
    tokeniser.hasher.clear();
  }
  return { parts, rowsOfFiles, rowsUnparsed, quarantined, countsOf: (column) => stored.countsOf(column) };
}

function faultyRows(faults: ReadonlyMap<number, number>): number {
  return [...faults.values()].reduce((sum, rows) => sum + rows, 0);
}
