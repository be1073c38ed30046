import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Receipt } from '../../domain/receipt.ts';
import { isSensitiveCode } from '../../domain/sensitive-code.ts';
import { codeColumnsLookedThrough } from '../../store/stored-columns.ts';
import type { WrittenArrowFile } from '../../write/arrow-file-writer.ts';
import { sensitiveTexts } from '../de-identify/sensitive-texts.ts';
import { PSEUDONYM_WIDTH } from '../link/person-numbers.ts';
import type { OutputPlan } from '../publish/write-table.ts';
import type { TablePlan } from './plan-release.ts';
import type { Release } from './release.ts';
import type { CountedRows } from './rows/count-rows.ts';
import { type CodeColumn, ExclusionCheck } from './rows/exclusion-check.ts';
import { type Owners, readOwners } from './rows/owners.ts';
import { type ExcludedCodes, placeOf } from './rows/row-owners.ts';
import type { SeenDays } from './rows/seen-days.ts';
import { TableRows } from './rows/table-rows.ts';
import { writeRows } from './rows/write-rows.ts';
import { numbersOf } from './steps.ts';

/** Part of the engine's memory limit that rows may take beside it. */
const ROWS_SHARE = 1 / 4;

/** A table whose rows are counted. */
export interface CountedTable {
  readonly plan: TablePlan;
  readonly rows: TableRows;
  readonly counted: CountedRows;
  readonly rowsIn: number;
}

/** Releases one table of records after another. */
export class TableReleaser {
  readonly #release: Omit<Release, 'run' | 'gates'>;
  readonly #memory: number;
  /** the tables of a source have the same owners; those of the last source are kept */
  #owners: { readonly of: string; readonly owners: Owners } | null = null;

  /** @param memory the engine's limit in bytes */
  constructor(release: Omit<Release, 'run' | 'gates'>, memory: number) {
    this.#release = release;
    this.#memory = memory * ROWS_SHARE;
  }

  /**
   * Says what becomes of each row of a table.
   *
   * @param seen is given the days of released rows
   * @throws a bug where rows with a sensitive code and rows that are left out because of one are not the same
   */
  async count(plan: TablePlan, seen: SeenDays | null): Promise<CountedTable> {
    const { linker, records, pseudonyms, stores } = this.#release;
    const { name } = plan.spec;
    const rowsIn = stores.receipts.find((receipt) => receipt.table === name)?.rowsOut ?? 0;
    const table = linker.storedTable(name);
    const { excluded, checked } = this.#codes(plan);
    const rows = new TableRows({
      release: plan.release,
      table,
      owners: await this.#ownersOf(plan),
      excluded,
      check: new ExclusionCheck(table, checked),
      hasher: records,
      persons: pseudonyms.length / PSEUDONYM_WIDTH,
      memory: this.#memory,
    });
    const counted = await rows.count(seen, this.#begin(`release ${name}`, rowsIn));
    return { plan, rows, counted, rowsIn };
  }

  /** Writes the released rows of a table to an Arrow file. */
  async write(
    { plan, rows, counted, rowsIn }: CountedTable,
    path: string,
  ): Promise<{ readonly outputs: readonly OutputPlan[]; readonly done: WrittenArrowFile }> {
    const { metadata, pseudonyms, times } = this.#release;
    const { name } = plan.spec;
    const prepared = rows.prepare(counted, pseudonyms);
    const onRead = this.#begin(`sort ${name}`, rowsIn * prepared.ranges.length);
    const start = times.elapsed;
    let reading = 0;
    const read = async (range: (typeof prepared.ranges)[number]) => {
      const begin = times.elapsed;
      const sorted = await prepared.read(range, onRead);
      reading += times.elapsed - begin;
      return sorted;
    };
    const onWrite = this.#begin(`write ${name}`, counted.rowsOut);
    const done = await writeRows(prepared, metadata, path, read, onWrite);
    times.add({ release: reading, write: times.elapsed - start - reading });
    return { outputs: prepared.outputs, done };
  }

  /** @param rowsOut rows that were written */
  receiptOf({ plan, counted, rowsIn }: CountedTable, rowsOut: number): Receipt {
    const { source, name } = plan.spec;
    return { stage: 'release', source, table: name, rowsIn, rowsOut, dropped: counted.dropped };
  }

  async #ownersOf({ release }: TablePlan): Promise<Owners> {
    const of = numbersOf(release.table).text;
    if (this.#owners?.of !== of) {
      this.#owners = null; // its memory is free before the next is read
      this.#owners = { of, owners: await readOwners(this.#release.linker.engine, release.table) };
    }
    return this.#owners.owners;
  }

  /** The columns that are looked through: the texts by which rows are left out, and the rule by which that is checked. */
  #codes({ spec }: TablePlan): { readonly excluded: ExcludedCodes[]; readonly checked: CodeColumn[] } {
    const { linker, pipeline, sensitive } = this.#release;
    const table = linker.storedTable(spec.name);
    const looked = codeColumnsLookedThrough(spec, pipeline).map(({ name, system }) => ({
      column: placeOf(table, name),
      system: system!,
    }));
    return {
      excluded: looked
        .map(({ column, system }) => ({
          column,
          flags: sensitiveTexts(system, table.columns[column]!.texts, sensitive),
        }))
        .filter(({ flags }) => flags.includes(1)),
      checked: looked.map(({ column, system }) => ({
        column,
        isSensitive: (text) => isSensitiveCode(system, text, sensitive),
      })),
    };
  }

  /** Begins a part of the work that goes on batch by batch: others have their turn in between, and a stop is heard. */
  #begin(stage: string, expected: number): (rows: number) => Promise<void> {
    const { progress, signal } = this.#release.settings;
    let rows = 0;
    let isFirst = true;
    return async (more) => {
      if (isFirst) progress.begin(stage, () => rows, expected);
      isFirst = false;
      await nextTurn();
      signal.throwIfAborted();
      rows += more;
    };
  }
}
