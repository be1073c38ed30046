import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Receipt } from '../../domain/receipt.ts';
import { isSensitiveCode } from '../../domain/sensitive-code.ts';
import { BatchMemory } from '../../store/batch-memory.ts';
import { codeColumnsLookedThrough } from '../../store/stored-columns.ts';
import type { WrittenArrowFile } from '../../write/arrow-file-writer.ts';
import { sensitiveTexts } from '../de-identify/sensitive-texts.ts';
import { PSEUDONYM_WIDTH } from '../link/person-numbers.ts';
import { OpenParts } from '../open-parts.ts';
import { droppedRows, type RowsLeftOut } from '../opt-outs/rows-left-out.ts';
import type { OutputPlan } from '../publish/write-table.ts';
import { StoredTable } from '../stored-table.ts';
import type { TablePlan } from './plan-release.ts';
import type { Release } from './release.ts';
import {
  type CountedTable,
  countRows,
  fileOutputs,
  type PartReader,
  sortRanges,
} from './rows/divide-rows.ts';
import { type CodeColumn, codeColumn } from './rows/exclusion-check.ts';
import { type Owners, readOwners, shareOwners } from './rows/owners.ts';
import { personRanges } from './rows/person-ranges.ts';
import { RangeMemory } from './rows/range-memory.ts';
import { Rooms } from './rows/rooms.ts';
import { bytesOfRow } from './rows/row-layout.ts';
import { columnIndex, type ExcludedCodes, type KeptOwners, keepOwners } from './rows/row-owners.ts';
import type { SeenDays } from './rows/seen-days.ts';
import { sharedInts } from './rows/shared-arrays.ts';
import type { OnBatch } from './rows/sorted-rows.ts';
import { type TableInput, TableRows } from './rows/table-rows.ts';
import { writeRows } from './rows/write-rows.ts';
import { numbersOf } from './steps.ts';
import type { SharedTable } from './threads/table-messages.ts';
import { TableThreads } from './threads/table-threads.ts';

/** Part of the engine's memory limit that rows may take beside it. */
const ROWS_SHARE = 1 / 4;
/** Part of that which may hold the owner of each row of a table, so that rows are not looked up twice. */
const OWNERS_SHARE = 1 / 4;

/** A released table of records, as it was written. */
export interface ReleasedTable {
  readonly receipt: Receipt;
  readonly leftOut: RowsLeftOut;
  readonly outputs: readonly OutputPlan[];
  readonly done: WrittenArrowFile;
}

/** A table that is being released, and who reads it. */
interface OpenTable {
  readonly plan: TablePlan;
  readonly rowsIn: number;
  readonly input: TableInput;
  readonly reader: PartReader;
  /** frees what is held for it */
  readonly close: () => void;
}

/** The owners of rows: the tables of a source have the same. */
interface SharedByTables {
  readonly of: string;
  readonly owners: Promise<Owners>;
  /** tables that are being released and have them */
  tables: number;
}

/** Releases tables of records, several at once where threads do it. */
export class TableReleaser {
  readonly #release: Omit<Release, 'run' | 'gates'>;
  readonly #memory: number;
  readonly #threads: TableThreads | null;
  readonly #rooms: Rooms;
  /** ranges of rows that may be in memory at once */
  readonly #ranges: number;
  readonly #parts = new OpenParts();
  readonly #ranks = new RangeMemory();
  #owners: SharedByTables[] = [];
  /** bytes that may yet hold owners of rows */
  #ownersMemory: number;
  #tables = 0;
  readonly #signal: AbortSignal;
  readonly #abort = () => this.#stop();

  /**
   * @param memory the engine's limit in bytes
   * @param rows of all tables
   * @param signal ends whatever is under way when it is aborted
   */
  constructor(release: Omit<Release, 'run' | 'gates'>, memory: number, rows: number, signal: AbortSignal) {
    const { division, recordKey, settings } = release;
    const areThreads = settings.threads > 1 && rows >= division.leastRows;
    this.#release = release;
    this.#memory = memory * ROWS_SHARE;
    this.#ownersMemory = this.#memory * OWNERS_SHARE;
    this.#threads = areThreads ? new TableThreads(settings.threads, recordKey, division.script) : null;
    // one more than threads: a range is written while every thread reads one
    this.#ranges = areThreads ? settings.threads + 1 : 1;
    this.#rooms = new Rooms(this.#ranges);
    this.#signal = signal;
    signal.addEventListener('abort', this.#abort);
  }

  get hasThreads(): boolean {
    return this.#threads !== null;
  }

  /**
   * Releases a table.
   *
   * @param seen is given the days of released rows; null where they are not asked for
   * @param path of the file that is written; null for a table of which only the days are asked for
   * @returns null where no file is written
   * @throws a bug where rows with a sensitive code and rows that are left out because of one are not the same
   */
  async releaseTable(
    plan: TablePlan,
    seen: SeenDays | null,
    path: string | null,
  ): Promise<ReleasedTable | null> {
    const { division, times } = this.#release;
    const { name } = plan.spec;
    this.#signal.throwIfAborted();
    const table = await times.time('release', () => this.#open(plan, seen));
    try {
      const onCount = this.#begin(`release ${name}`, table.rowsIn);
      const counted = await times.time('release', () =>
        countRows(
          table.input,
          table.reader,
          this.#threads === null ? Number.POSITIVE_INFINITY : division.countedRows,
          onCount,
        ),
      );
      return path === null ? null : await this.#write(table, counted, path);
    } finally {
      table.close();
    }
  }

  /** Has all keys overwritten, and waits for the end of the threads. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#abort);
    this.#parts.close();
    await this.#threads?.close();
  }

  #stop(): void {
    const { reason } = this.#signal;
    this.#rooms.close(reason);
    this.#threads?.kill(reason);
  }

  async #open(plan: TablePlan, seen: SeenDays | null): Promise<OpenTable> {
    const { linker, records, pseudonyms, stores } = this.#release;
    const { name } = plan.spec;
    const rowsIn = stores.receipts.find((receipt) => receipt.table === name)?.rowsOut ?? 0;
    const table = linker.storedTable(name);
    const owners = await this.#ownersOf(plan);
    const kept = this.#keep(table.rows) ? keepOwners(table) : null;
    const input: TableInput = {
      release: plan.release,
      table,
      owners,
      kept,
      ...this.#codes(plan),
      hasher: records,
      rowsOf: sharedInts(pseudonyms.length / PSEUDONYM_WIDTH),
      seen,
      memory: this.#ranks,
    };
    const shared = this.#share(plan, input);
    const close = () => {
      this.#ownersMemory += ownersBytes(kept);
      this.#threads?.end(shared);
      this.#leaveOwners(plan);
    };
    const readHere = () => {
      const read = new StoredTable(name, shared.paths, this.#parts, shared.subjects, new BatchMemory());
      return new TableRows({ ...input, table: read });
    };
    const reader = this.#threads?.readerOf(shared) ?? readHere();
    return { plan, rowsIn, input, reader, close };
  }

  /** What a thread needs to read it. */
  #share(
    { spec, release }: TablePlan,
    { owners, seen, kept, excluded, checked, rowsOf }: TableInput,
  ): SharedTable {
    const { stores } = this.#release;
    const { parent, links } = release.table;
    this.#tables += 1;
    return {
      id: this.#tables,
      name: spec.name,
      paths: stores.pathsOf(spec.name),
      subjects: stores.subjectsOf(spec.source).subjects,
      release: { table: { parent, links }, columns: release.columns, date: release.date },
      owners: shareOwners(owners),
      kept,
      excluded,
      checked,
      rowsOf,
      seen: seen?.shared ?? null,
    };
  }

  async #write(
    { plan, rowsIn, input, reader }: OpenTable,
    counted: CountedTable,
    path: string,
  ): Promise<ReleasedTable> {
    const { metadata, pseudonyms, times } = this.#release;
    const { source, name } = plan.spec;
    const ranges = personRanges(counted.rowsOf, this.#rangeRows(input, counted.rowsOut));
    const outputs = fileOutputs(input.release, counted, pseudonyms);
    // a thread says what it has read when it has sorted it
    const onRead = this.#begin(
      `sort ${name}`,
      this.#threads === null ? rowsIn * ranges.length : counted.rowsOut,
    );
    const onWrite = this.#begin(`write ${name}`, counted.rowsOut);
    const sorted = sortRanges(input.release, counted, ranges, reader, this.#rooms, onRead);
    const start = times.elapsed;
    let reading = 0;
    const timed = async function* () {
      for (;;) {
        const begin = times.elapsed;
        const { value, done } = await sorted.next();
        reading += times.elapsed - begin;
        if (done) return;
        yield value;
      }
    };
    const done = await writeRows(outputs, metadata, path, timed(), onWrite);
    times.add({ release: reading, write: times.elapsed - start - reading });
    const { leftOut } = counted;
    const dropped = droppedRows(leftOut, this.#release.plan.reasons);
    const receipt = { stage: 'release', source, table: name, rowsIn, rowsOut: done.rows, dropped } as const;
    return { receipt, leftOut, outputs, done };
  }

  /** The most rows of a range. */
  #rangeRows({ release }: TableInput, rows: number): number {
    const { division, settings } = this.#release;
    const inMemory = Math.floor(this.#memory / this.#ranges / bytesOfRow(release));
    if (this.#threads === null) return inMemory;
    const share = Math.ceil(rows / (settings.threads * division.rangesOfThread));
    return Math.min(inMemory, Math.max(division.leastRangeRows, share));
  }

  /** Whether memory has room for the owners of so many rows, which is taken then. */
  #keep(rows: number): boolean {
    const bytes = rows * Int32Array.BYTES_PER_ELEMENT;
    if (bytes > this.#ownersMemory) return false;
    this.#ownersMemory -= bytes;
    return true;
  }

  #ownersOf({ spec, release }: TablePlan): Promise<Owners> {
    const { linker, stores } = this.#release;
    const of = numbersOf(release.table).text;
    // the memory of those that no table has any more is free before others are read
    this.#owners = this.#owners.filter((one) => one.of === of || one.tables > 0);
    let shared = this.#owners.find((one) => one.of === of);
    if (shared === undefined) {
      const { subjects } = stores.subjectsOf(spec.source);
      shared = { of, owners: readOwners(linker.engine, release.table, subjects), tables: 0 };
      this.#owners.push(shared);
    }
    shared.tables += 1;
    return shared.owners;
  }

  #leaveOwners({ release }: TablePlan): void {
    const of = numbersOf(release.table).text;
    for (const shared of this.#owners) if (shared.of === of) shared.tables -= 1;
  }

  /** The columns that are looked through: the texts by which rows are left out, and those by which that is checked. */
  #codes({ spec }: TablePlan): { readonly excluded: ExcludedCodes[]; readonly checked: CodeColumn[] } {
    const { linker, pipeline, sensitive } = this.#release;
    const table = linker.storedTable(spec.name);
    const looked = codeColumnsLookedThrough(spec, pipeline).map(({ name, system }) => ({
      column: columnIndex(table, name),
      system: system!,
    }));
    return {
      excluded: looked
        .map(({ column, system }) => ({
          column,
          flags: sensitiveTexts(system, table.columns[column]!.texts, sensitive),
        }))
        .filter(({ flags }) => flags.includes(1)),
      checked: looked.map(({ column, system }) =>
        codeColumn(table, column, (text) => isSensitiveCode(system, text, sensitive)),
      ),
    };
  }

  /** Begins a part of the work that goes on batch by batch: others have their turn in between, and a stop is heard. */
  #begin(stage: string, expected: number): OnBatch {
    const { progress } = this.#release.settings;
    let rows = 0;
    let isFirst = true;
    return async (more) => {
      if (isFirst) progress.begin(stage, () => rows, expected);
      isFirst = false;
      await nextTurn();
      this.#signal.throwIfAborted();
      rows += more;
    };
  }
}

function ownersBytes(kept: KeptOwners | null): number {
  return kept?.owners.byteLength ?? 0;
}
