import { bug } from '../../../domain/problem.ts';
import type { ScannedTable } from '../../../engine/scanned-table.ts';
import { idToken, type ReleasedColumn } from '../../de-identify/plan-column.ts';
import { personColumn } from '../../publish/output-plans.ts';
import type { OutputPlan } from '../../publish/write-table.ts';
import type { PairHasher } from '../pseudonym-function.ts';
import type { RecordTable } from '../steps.ts';
import { type CountedRows, countRows } from './count-rows.ts';
import type { ExclusionCheck } from './exclusion-check.ts';
import type { GatheredColumn } from './gather-rows.ts';
import { hashedIds } from './hashed-ids.ts';
import type { Owners } from './owners.ts';
import { type PersonRange, personRanges } from './person-ranges.ts';
import { DayRanks, LinkRanks, LongRanks, type RankSource, storedLongs, TextRanks } from './rank-sources.ts';
import { type ExcludedCodes, placeOf, RowOwners } from './row-owners.ts';
import type { SeenDays } from './seen-days.ts';
import { bytesOfRow, type RowSources, readSortedRows, type SortedRows } from './sorted-rows.ts';
import { type ReleasedTexts, UsedTexts } from './used-texts.ts';

/** Part of the memory for rows that may hold the owner of each row of the table, so that rows are not looked up twice. */
const OWNERS_SHARE = 1 / 4;

/** What is released of a table of records. */
export interface TableRelease {
  readonly table: RecordTable;
  readonly columns: readonly ReleasedColumn[];
  /** the column that dates a record, or null */
  readonly date: string | null;
}

/** Whether its rows name a subject, or a record of another table by which they reach one. */
export function keyOf({ table }: TableRelease): 'subject' | 'parent' {
  return table.parent === null ? 'subject' : 'parent';
}

/**
 * Names of the columns by which a person's rows are sorted: the date, then all that are released, then the columns of the link. Never the
 * stored day: within a released month, the order of rows would give the order of their days.
 */
export function sortedBy({ table, columns, date }: TableRelease): string[] {
  const names = columns.map(({ released }) => released.name);
  return [
    ...names.filter((name) => name === date),
    ...names.filter((name) => name !== date),
    ...table.links.map(({ name }) => name),
  ];
}

/** What the released rows of a table are made from. */
export interface TableInput {
  readonly release: TableRelease;
  readonly table: ScannedTable;
  readonly owners: Owners;
  readonly excluded: readonly ExcludedCodes[];
  /** looks at them once more */
  readonly check: ExclusionCheck;
  readonly hasher: PairHasher;
  /** how many persons are released */
  readonly persons: number;
  /** bytes for the rows that are in memory at once */
  readonly memory: number;
}

/** A column of the file, and where its values come from; a hashed id has two sources. */
interface FileColumn {
  readonly output: OutputPlan;
  readonly sources: readonly RankSource[];
}

/**
 * The released rows of a stored table, sorted by person, then by the released date, then by everything else that is released: by
 * nothing but released values, so that the order of the source is gone, it says nothing of its own, and the same rows always come
 * in the same order.
 *
 * Rows are read twice: to count them, and then to distribute them to their persons, whose few rows are sorted. The engine has no part in it.
 */
export class TableRows {
  readonly #input: TableInput;
  readonly #rowOwners: RowOwners;
  readonly #texts: ReadonlyMap<ReleasedColumn, UsedTexts>;

  constructor(input: TableInput) {
    const { release, table, owners, excluded, memory } = input;
    this.#input = input;
    const keep = table.rows * 4 <= memory * OWNERS_SHARE;
    this.#rowOwners = new RowOwners(table, owners, keyOf(release), excluded, keep);
    this.#texts = new Map(
      release.columns.flatMap((column) =>
        column.stored === 'text'
          ? [[column, new UsedTexts(table, placeOf(table, column.spec.name))] as const]
          : [],
      ),
    );
  }

  /**
   * Says what becomes of each row.
   *
   * @param seen is given the days of released rows; null where nobody asks for them
   */
  count(seen: SeenDays | null, onBatch: (rows: number) => Promise<void>): Promise<CountedRows> {
    const { release, table, owners, check, persons } = this.#input;
    const asked =
      seen === null || release.date === null ? null : { days: seen, column: placeOf(table, release.date) };
    const witnesses = { check, texts: [...this.#texts.values()], seen: asked };
    return countRows(table, owners, this.#rowOwners, persons, witnesses, onBatch);
  }

  /** How the counted rows are read and written. */
  prepare(counted: CountedRows, pseudonyms: Uint8Array): PreparedRows {
    const { release, table, owners, memory } = this.#input;
    const columns = [...this.#linkColumns(), ...release.columns.map((column) => this.#fileColumn(column))];
    const sources: RankSource[] = [];
    const placed = columns.map((column) => {
      const from = column.sources.map((source) => sources.push(source) - 1);
      return { ...column, from };
    });
    const keys = sortedBy(release).flatMap(
      (name) => placed.find(({ output }) => output.column.name === name)!.from,
    );
    const rows: RowSources = { table, owners, rowOwners: this.#rowOwners, columns: sources, keys };
    return {
      outputs: [personColumn(pseudonyms), ...columns.map(({ output }) => output)],
      gathered: placed.map(({ output, from }) => ({ kind: output.kind.kind, from })),
      ranges: personRanges(counted.rowsOf, Math.floor(memory / bytesOfRow(rows))),
      read: (range, onBatch) => readSortedRows(rows, range, counted.rowsOf, onBatch),
    };
  }

  #linkColumns(): FileColumn[] {
    const { release, owners } = this.#input;
    return release.table.links.map((column, at) => {
      if (column.type === 'dictionary') throw bug(`the column ${column.name} of links has no texts`);
      const output = { column, kind: { kind: column.type }, nullable: column.isNullable };
      const sources = [new LinkRanks(this.#rowOwners, owners.links[at]!)];
      return { output, sources };
    });
  }

  #fileColumn(column: ReleasedColumn): FileColumn {
    const texts = this.#texts.get(column)?.under(column.rule) ?? null;
    const { type } = column.released;
    const kind = type === 'dictionary' ? { kind: type, values: texts!.texts } : { kind: type };
    return {
      output: { column: column.released, kind, nullable: true },
      sources: this.#sources(column, texts),
    };
  }

  #sources({ spec, stored, rule }: ReleasedColumn, texts: ReleasedTexts | null): readonly RankSource[] {
    const { table, hasher } = this.#input;
    const place = () => placeOf(table, spec.name);
    switch (stored) {
      case 'text':
        return [new TextRanks(table, place(), texts!)];
      case 'date':
        return [new DayRanks(table, place(), rule)];
      case 'timestamp':
        return rule.rule === 'keep'
          ? [new LongRanks(storedLongs(table, place(), 'timestamp'), 'int64')]
          : [new DayRanks(table, place(), rule)];
      case 'integer':
        return [new LongRanks(storedLongs(table, place(), 'bigint'), 'int64')];
      case 'decimal':
        return [new LongRanks(storedLongs(table, place(), 'double'), 'float64')];
      case 'token':
        return hashedIds(table, idToken(spec.role), hasher).map((half) => new LongRanks(half, 'uint64'));
    }
  }
}

/** The counted rows of a table, ready to be read one range of persons after another. */
export interface PreparedRows {
  readonly outputs: readonly OutputPlan[];
  /** of the outputs behind the person */
  readonly gathered: readonly GatheredColumn[];
  /** in the order in which they are written */
  readonly ranges: readonly PersonRange[];
  readonly read: (range: PersonRange, onBatch: (rows: number) => Promise<void>) => Promise<SortedRows>;
}
