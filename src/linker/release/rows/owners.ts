import type { AddedColumn } from '../../../domain/added-column.ts';
import { bug } from '../../../domain/problem.ts';
import type { DuckDbEngine } from '../../../engine/duckdb/engine.ts';
import type { RawChunk } from '../../../engine/duckdb/raw-chunk.ts';
import { isValid } from '../../../write/validity-bitmap.ts';
import { heldCodeSql } from '../../opt-outs/held-code.ts';
import { numbersOf, type RecordTable } from '../steps.ts';
import { DistinctLongs } from './distinct-longs.ts';
import { NO_VALUE, type RankedValues } from './ranks.ts';
import { sharedBytes, sharedInts } from './shared-arrays.ts';
import { TokenIndex } from './token-index.ts';

/** The reason of a subject without a person: no patient of its key was delivered. */
export const NOBODYS = -1;

/**
 * What rows of a table may name: subjects of its source, each by its number, or records of its parent, each by its index in `index`. All
 * arrays have an element for each.
 */
export interface Owners extends Omit<SharedOwners, 'slots'> {
  /** of records; null of subjects, whose numbers rows have themselves */
  readonly index: TokenIndex | null;
}

/** Owners as one thread hands them to another: the arrays are in memory that both have. */
export interface SharedOwners {
  /** of the index; null where there is none */
  readonly slots: Uint32Array | null;
  /** number of the person, -1 for one that is not released */
  readonly persons: Int32Array;
  /** why not, as a number (`opt-outs/held-code`), or `NOBODYS` */
  readonly reasons: Int8Array;
  /** the values of the link columns, in the order of the table's columns */
  readonly links: readonly LinkValues[];
}

/** One of the columns that describe a link. */
export interface LinkValues {
  /** of each owner */
  readonly ranks: Int32Array;
  readonly values: RankedValues;
}

export function shareOwners({ index, persons, reasons, links }: Owners): SharedOwners {
  return { slots: index?.slots ?? null, persons, reasons, links };
}

export function openOwners({ slots, persons, reasons, links }: SharedOwners): Owners {
  return { index: slots === null ? null : TokenIndex.of(slots), persons, reasons, links };
}

/**
 * Reads the persons of whatever rows of a table may name, into memory that threads share.
 *
 * @param subjects how many its source has
 * @throws a bug for a subject or record that leads to more than one person, and for a number that no subject has
 */
export function readOwners(engine: DuckDbEngine, table: RecordTable, subjects: number): Promise<Owners> {
  return table.parent === null ? readSubjects(engine, table, subjects) : readRecords(engine, table);
}

async function readSubjects(engine: DuckDbEngine, table: RecordTable, subjects: number): Promise<Owners> {
  const read = new OwnerReader(table, subjects);
  const isMet = new Uint8Array(subjects);
  for await (const chunk of engine.stream(read.select([table.numberInSource]), read.about)) {
    const bytes = chunk.values(0, 4);
    const numbers = new Int32Array(bytes.buffer, bytes.byteOffset, chunk.rows);
    for (const number of numbers) {
      if (number >>> 0 >= subjects) throw bug(`${table.name} has a subject beyond those of its source`);
      if (isMet[number] === 1) throw bug('a subject leads to more than one person');
      isMet[number] = 1;
    }
    read.take(chunk, 1, numbers);
  }
  return { index: null, ...read.finish() };
}

/** A record that others may point at. */
const NAMED = 'record_a IS NOT NULL AND record_b IS NOT NULL';

async function readRecords(engine: DuckDbEngine, table: RecordTable): Promise<Owners> {
  const about = `counting the persons of ${table.name}`;
  const [counted] = await engine.query(
    `SELECT count(*)::DOUBLE AS owners FROM ${numbersOf(table).text} AS n WHERE ${NAMED}`,
    about,
  );
  const owners = Number(counted?.['owners']);
  const index = new TokenIndex(owners);
  const read = new OwnerReader(table, owners);
  for await (const chunk of engine.stream(
    `${read.select(['record_a', 'record_b'])} WHERE ${NAMED}`,
    read.about,
  )) {
    const words = (column: number) => {
      const bytes = chunk.values(column, 8);
      return new Uint32Array(bytes.buffer, bytes.byteOffset, chunk.rows * 2);
    };
    const [a, b] = [words(0), words(1)];
    const first = index.size;
    for (let row = 0; row < chunk.rows; row += 1) index.add(a, b, row);
    read.take(
      chunk,
      2,
      Int32Array.from({ length: chunk.rows }, (_, row) => first + row),
    );
  }
  if (index.size !== owners) throw bug(`${owners} owners of rows were counted, and ${index.size} read`);
  return { index, ...read.finish() };
}

/** Takes in what is known of owners, each at its own index. */
class OwnerReader {
  readonly about: string;
  readonly #table: RecordTable;
  readonly #persons: Int32Array;
  readonly #reasons: Int8Array;
  readonly #links: readonly LinkReader[];

  constructor(table: RecordTable, owners: number) {
    this.about = `reading the persons of ${table.name}`;
    this.#table = table;
    this.#persons = sharedInts(owners).fill(-1);
    this.#reasons = new Int8Array(sharedBytes(owners).buffer).fill(NOBODYS);
    this.#links = table.links.map((column) => new LinkReader(column, owners));
  }

  /** SQL of these columns, by which an owner is known, and behind them those that `take` reads. */
  select(by: readonly string[]): string {
    const links = this.#table.links.map(({ sql }) => sql);
    const columns = [...by, 'coalesce(person, -1)::INTEGER', heldCodeSql('reason', 'is_alone'), ...links];
    return `SELECT ${columns.join(', ')} FROM ${numbersOf(this.#table).text} AS n`;
  }

  /**
   * @param from the first column that it reads
   * @param owners the owner of each row
   */
  take(chunk: RawChunk, from: number, owners: Int32Array): void {
    const numbers = chunk.values(from, 4);
    const persons = new Int32Array(numbers.buffer, numbers.byteOffset, chunk.rows);
    const why = chunk.values(from + 1, 1);
    const reasons = new Int8Array(why.buffer, why.byteOffset, chunk.rows);
    for (let row = 0; row < chunk.rows; row += 1) {
      this.#persons[owners[row]!] = persons[row]!;
      this.#reasons[owners[row]!] = reasons[row]!;
    }
    for (const [index, link] of this.#links.entries()) {
      const column = from + 2 + index;
      link.read(chunk.values(column, link.bytes), chunk.validity(column), owners);
    }
  }

  finish(): Omit<Owners, 'index'> {
    return {
      persons: this.#persons,
      reasons: this.#reasons,
      links: this.#links.map((link) => link.finish()),
    };
  }
}

/** Reads one of the columns that describe a link. */
class LinkReader {
  readonly bytes: 1 | 8;
  readonly #ranks: Int32Array;
  readonly #longs = new DistinctLongs();

  /** @throws a bug for a column of a type that none of them has */
  constructor({ name, type }: AddedColumn, owners: number) {
    if (type !== 'int8' && type !== 'float64')
      throw bug(`the column ${name} of links has an unexpected type`);
    this.bytes = type === 'int8' ? 1 : 8;
    this.#ranks = sharedInts(owners).fill(NO_VALUE);
  }

  /** @param owners the owner of each row */
  read(bytes: Uint8Array, validity: Uint8Array | null, owners: Int32Array): void {
    const rows = owners.length;
    const isNull = (row: number) => validity !== null && !isValid(validity, row);
    if (this.bytes === 1) {
      const values = new Int8Array(bytes.buffer, bytes.byteOffset, rows);
      for (let row = 0; row < rows; row += 1) if (!isNull(row)) this.#ranks[owners[row]!] = values[row]!;
      return;
    }
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, rows * 2);
    for (let row = 0; row < rows; row += 1) {
      if (!isNull(row)) this.#ranks[owners[row]!] = this.#longs.codeOf(words[row * 2]!, words[row * 2 + 1]!);
    }
  }

  finish(): LinkValues {
    if (this.bytes === 1) return { ranks: this.#ranks, values: { kind: 'itself' } };
    const { rankOf, words } = this.#longs.sorted('float64');
    replace(this.#ranks, rankOf);
    return { ranks: this.#ranks, values: { kind: 'words', words } };
  }
}

/** Replaces each code by its rank. */
export function replace(codes: Int32Array, rankOf: Int32Array): void {
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row]!;
    if (code !== NO_VALUE) codes[row] = rankOf[code]!;
  }
}
