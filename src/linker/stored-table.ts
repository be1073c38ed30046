import { refused } from '../domain/problem.ts';
import type { ScannedColumn, ScannedTable, ScannedType, ScannedVector } from '../engine/scanned-table.ts';
import type { BatchMemory } from '../store/batch-memory.ts';
import type { PartColumn, PartType } from '../store/part-columns.ts';
import { SUBJECT_NUMBER } from '../store/subject-columns.ts';
import { isValid } from '../write/validity-bitmap.ts';
import { inByteOrder } from './byte-order.ts';
import type { OpenParts } from './open-parts.ts';

const TYPES: Readonly<Record<PartType, ScannedType>> = {
  int8: 'tinyint',
  int16: 'smallint',
  int32: 'integer',
  int64: 'bigint',
  float64: 'double',
  bool: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  text: 'text',
};

/** Record batch `batch` of the part at `path`. */
interface PartBatch {
  readonly path: string;
  readonly batch: number;
  readonly rows: number;
}

/** A column as the engine sees it, and where each part has its texts. */
interface StoredColumn {
  readonly scanned: ScannedColumn;
  /** by path of the part: the index in `scanned.texts` of each code; empty for other types */
  readonly textIndexes: ReadonlyMap<string, Int32Array>;
}

/** What is read of all parts before any row is. */
interface Contents {
  readonly columns: readonly StoredColumn[];
  readonly batches: readonly PartBatch[];
}

/** A table of a token store: its parts, one below the other. Each part has dictionaries of its own, which are brought together. */
export class StoredTable implements ScannedTable {
  readonly name: string;
  readonly #paths: readonly string[];
  readonly #parts: OpenParts;
  /** of its source; each number of a row is below it */
  readonly #subjects: number;
  readonly #memory: BatchMemory | null;
  #contents: Contents | null = null;

  /**
   * @param paths its parts; none is opened yet
   * @param subjects how many its source has, where rows name subjects by number
   * @param memory for what is read: of each column, one batch after another. Null where every batch has memory of its own
   */
  constructor(
    name: string,
    paths: readonly string[],
    parts: OpenParts,
    subjects = 0,
    memory: BatchMemory | null = null,
  ) {
    this.name = name;
    this.#paths = paths;
    this.#parts = parts;
    this.#subjects = subjects;
    this.#memory = memory;
  }

  /** @throws TallystickError (exit 1) for parts that are damaged, or do not hold the same columns */
  get columns(): readonly ScannedColumn[] {
    return this.#read().columns.map(({ scanned }) => scanned);
  }

  get rows(): number {
    return this.#read().batches.reduce((sum, { rows }) => sum + rows, 0);
  }

  get batches(): number {
    return this.#read().batches.length;
  }

  rowsOf(batch: number): number {
    return this.#read().batches[batch]!.rows;
  }

  /** @throws TallystickError (exit 1) for values that are damaged, and for a number that no subject has */
  read(batch: number, column: number): ScannedVector {
    const { columns, batches } = this.#read();
    const { path, batch: ofPart } = batches[batch]!;
    const { scanned, textIndexes } = columns[column]!;
    const { values, validity } = this.#parts.reader(path).read(ofPart, scanned.name, this.#memory);
    if (scanned.name === SUBJECT_NUMBER && !areNumbers(values, validity, this.#subjects)) {
      throw refused({
        file: path,
        message: 'is damaged: a row has the number of a subject that its source does not have',
        wayOut: 'fetch the store again from the provider, or tokenise again',
      });
    }
    return { values, validity, textIndexes: textIndexes.get(path) ?? null };
  }

  #read(): Contents {
    this.#contents ??= { columns: this.#readColumns(), batches: this.#readBatches() };
    return this.#contents;
  }

  #readBatches(): PartBatch[] {
    return this.#paths.flatMap((path) => {
      const reader = this.#parts.reader(path);
      return Array.from({ length: reader.batches }, (_, batch) => ({
        path,
        batch,
        rows: reader.rowsOf(batch),
      }));
    });
  }

  #readColumns(): StoredColumn[] {
    const [first, ...others] = this.#paths.map((path) => ({
      path,
      columns: this.#parts.reader(path).columns,
    }));
    if (first === undefined) return [];
    const odd = others.find(({ columns }) => describe(columns) !== describe(first.columns));
    if (odd !== undefined) {
      throw refused({
        file: odd.path,
        message: `has other columns than the first part of ${this.name}`,
        wayOut: 'fetch the store again from the provider, or tokenise again',
      });
    }
    return first.columns.map((column) => this.#readColumn(column));
  }

  #readColumn({ name, type }: PartColumn): StoredColumn {
    if (type !== 'text') return { scanned: { name, type: TYPES[type], texts: [] }, textIndexes: new Map() };
    const ofParts = new Map(this.#paths.map((path) => [path, this.#parts.reader(path).dictionary(name)]));
    const texts = inByteOrder([...ofParts.values()].flat());
    const indexOf = new Map(texts.map((text, index) => [text, index]));
    const textIndexes = new Map(
      [...ofParts].map(([path, own]) => [path, Int32Array.from(own, (text) => indexOf.get(text)!)]),
    );
    return { scanned: { name, type: 'text', texts }, textIndexes };
  }
}

/** Each row has the number of one of so many subjects, or none. */
function areNumbers(values: ArrayBufferView, validity: Uint8Array | null, subjects: number): boolean {
  if (!(values instanceof Int32Array)) return false;
  for (let row = 0; row < values.length; row += 1) {
    // `>>> 0` makes a negative number larger than any other
    if (values[row]! >>> 0 >= subjects && (validity === null || isValid(validity, row))) return false;
  }
  return true;
}

function describe(columns: readonly PartColumn[]): string {
  return JSON.stringify(columns.map(({ name, type }) => [name, type]));
}
