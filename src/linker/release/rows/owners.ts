import type { AddedColumn } from '../../../domain/added-column.ts';
import { bug } from '../../../domain/problem.ts';
import type { DuckDbEngine } from '../../../engine/duckdb/engine.ts';
import { isValid } from '../../../write/validity-bitmap.ts';
import { numbersOf, type RecordTable } from '../steps.ts';
import { DistinctLongs } from './distinct-longs.ts';
import { NO_VALUE, type RankedValues } from './ranks.ts';
import { sharedBytes, sharedInts } from './shared-arrays.ts';
import { TokenIndex } from './token-index.ts';

/** What rows of a table may name: subjects of its source, or records of its parent; each by its place in `index`. */
export interface Owners extends Omit<SharedOwners, 'slots'> {
  readonly index: TokenIndex;
}

/** Owners as one thread hands them to another: the arrays are in memory that both have. */
export interface SharedOwners {
  /** of the index */
  readonly slots: Uint32Array;
  /** number of the person, -1 for one that is not released */
  readonly persons: Int32Array;
  /** why not, as a number (`PERSON_REASONS`) */
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
  return { slots: index.slots, persons, reasons, links };
}

export function openOwners({ slots, persons, reasons, links }: SharedOwners): Owners {
  return { index: TokenIndex.of(slots), persons, reasons, links };
}

/** Reads the persons of whatever rows of a table may name, into memory that threads share. */
export async function readOwners(engine: DuckDbEngine, table: RecordTable): Promise<Owners> {
  const about = `reading the persons of ${table.name}`;
  const from = numbersOf(table).text;
  const named = 'subject_a IS NOT NULL AND subject_b IS NOT NULL';
  const [counted] = await engine.query(
    `SELECT count(*)::DOUBLE AS owners FROM ${from} AS n WHERE ${named}`,
    about,
  );
  const owners = Number(counted?.['owners']);
  const index = new TokenIndex(owners);
  const persons = sharedInts(owners);
  const reasons = new Int8Array(sharedBytes(owners).buffer);
  const links = table.links.map((column) => new LinkReader(column, owners));
  const columns = [
    'subject_a',
    'subject_b',
    'coalesce(person, -1)::INTEGER',
    'reason::TINYINT',
    ...table.links.map(({ sql }) => sql),
  ];
  for await (const chunk of engine.stream(
    `SELECT ${columns.join(', ')} FROM ${from} AS n WHERE ${named}`,
    about,
  )) {
    const words = (column: number) => {
      const bytes = chunk.values(column, 8);
      return new Uint32Array(bytes.buffer, bytes.byteOffset, chunk.rows * 2);
    };
    const [a, b] = [words(0), words(1)];
    const first = index.size;
    for (let row = 0; row < chunk.rows; row += 1) index.add(a, b, row);
    const numbers = chunk.values(2, 4);
    persons.set(new Int32Array(numbers.buffer, numbers.byteOffset, chunk.rows), first);
    const why = chunk.values(3, 1);
    reasons.set(new Int8Array(why.buffer, why.byteOffset, chunk.rows), first);
    for (const [at, link] of links.entries()) {
      link.read(chunk.values(4 + at, link.bytes), chunk.validity(4 + at), chunk.rows, first);
    }
  }
  if (index.size !== owners) throw bug(`${owners} owners of rows were counted, and ${index.size} read`);
  return { index, persons, reasons, links: links.map((link) => link.finish()) };
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

  /** @param first the owner of the first row */
  read(bytes: Uint8Array, validity: Uint8Array | null, rows: number, first: number): void {
    const isNull = (row: number) => validity !== null && !isValid(validity, row);
    if (this.bytes === 1) {
      const values = new Int8Array(bytes.buffer, bytes.byteOffset, rows);
      for (let row = 0; row < rows; row += 1) if (!isNull(row)) this.#ranks[first + row] = values[row]!;
      return;
    }
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, rows * 2);
    for (let row = 0; row < rows; row += 1) {
      if (!isNull(row)) this.#ranks[first + row] = this.#longs.codeOf(words[row * 2]!, words[row * 2 + 1]!);
    }
  }

  finish(): LinkValues {
    if (this.bytes === 1) return { ranks: this.#ranks, values: { kind: 'itself' } };
    const { rankOf, words } = this.#longs.sorted('float64');
    replace(this.#ranks, rankOf);
    return { ranks: this.#ranks, values: { kind: 'words', words } };
  }
}

/** Puts the rank of each code in its place. */
export function replace(codes: Int32Array, rankOf: Int32Array): void {
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row]!;
    if (code !== NO_VALUE) codes[row] = rankOf[code]!;
  }
}
