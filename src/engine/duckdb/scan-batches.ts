import duckdb from '@duckdb/node-bindings';
import { bug } from '../../domain/problem.ts';
import type { ScannedTable, ScannedType } from '../scanned-table.ts';
import { MAX_VECTOR_ROWS } from '../vector-function.ts';

const { Type } = duckdb;

/** The engine's type of a value that is copied as it lies, and its bytes. */
export const PLAIN_TYPES: Readonly<
  Record<Exclude<ScannedType, 'text'>, { readonly id: duckdb.Type; readonly bytes: number }>
> = {
  tinyint: { id: Type.TINYINT, bytes: 1 },
  smallint: { id: Type.SMALLINT, bytes: 2 },
  integer: { id: Type.INTEGER, bytes: 4 },
  bigint: { id: Type.BIGINT, bytes: 8 },
  double: { id: Type.DOUBLE, bytes: 8 },
  boolean: { id: Type.BOOLEAN, bytes: 1 },
  date: { id: Type.DATE, bytes: 4 },
  timestamp: { id: Type.TIMESTAMP, bytes: 8 },
};

/** A column of the current batch, ready to be copied. */
interface Loaded {
  readonly values: ArrayBufferView;
  readonly bytesPerValue: number;
  readonly validity: Uint8Array | null;
}

/** One scan of a table: which rows come next. It holds one batch of the columns that are asked for. */
export class BatchScan {
  readonly #table: ScannedTable;
  readonly #columns: readonly number[];
  #batch = -1;
  #row = 0;
  #rows = 0;
  #loaded: readonly Loaded[] = [];

  /** @param columns indexes of the columns that are asked for, in the order in which the engine wants them */
  constructor(table: ScannedTable, columns: readonly number[]) {
    this.#table = table;
    this.#columns = columns;
  }

  /** Copies the next rows into a chunk of the engine's; none at the end. */
  fill(chunk: duckdb.DataChunk): void {
    while (this.#row === this.#rows && this.#batch + 1 < this.#table.batches) this.#load(this.#batch + 1);
    const rows = Math.min(MAX_VECTOR_ROWS, this.#rows - this.#row);
    for (const [at, { values, bytesPerValue, validity }] of this.#loaded.entries()) {
      const vector = duckdb.data_chunk_get_vector(chunk, at);
      const from = values.byteOffset + this.#row * bytesPerValue;
      duckdb.copy_data_to_vector(vector, 0, values.buffer as ArrayBuffer, from, rows * bytesPerValue);
      if (validity === null) continue;
      // a batch is cut every 2048 rows, so that the rows begin with a whole byte of the bitmap
      duckdb.vector_ensure_validity_writable(vector);
      const bits = validity.byteOffset + this.#row / 8;
      const bytes = Math.ceil(rows / 8);
      duckdb.copy_data_to_vector_validity(vector, 0, validity.buffer as ArrayBuffer, bits, bytes);
    }
    duckdb.data_chunk_set_size(chunk, rows);
    this.#row += rows;
  }

  #load(batch: number): void {
    this.#batch = batch;
    this.#row = 0;
    this.#rows = this.#table.rowsOf(batch);
    this.#loaded = this.#columns.map((column) => loadedOf(this.#table, batch, column));
  }
}

/** @throws a bug for values that are fewer than the batch has rows: what is behind them in memory would be copied */
function loadedOf(table: ScannedTable, batch: number, column: number): Loaded {
  const { type, texts, name } = table.columns[column]!;
  const rows = table.rowsOf(batch);
  const { values, validity, textIndexes } = table.read(batch, column);
  const isText = values instanceof Int32Array && textIndexes !== null;
  const ready = type === 'text' && isText ? placed(values, textIndexes, texts.length) : values;
  const bytesPerValue = type === 'text' ? codeBytes(texts.length) : PLAIN_TYPES[type].bytes;
  const isWhole = (validity === null || validity.length * 8 >= rows) && isText === (type === 'text');
  if (!isWhole || ready.byteLength < rows * bytesPerValue) {
    throw bug(`${table.name}.${name} is not given as its type asks`);
  }
  return { values: ready, bytesPerValue, validity };
}

/** Bytes of a code in the engine's ENUM of so many texts. */
function codeBytes(texts: number): 1 | 2 | 4 {
  if (texts <= 0xff) return 1;
  return texts <= 0xffff ? 2 : 4;
}

const CODE_ARRAYS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array } as const;

/** Codes as the engine's ENUM has them. A row without a text gets 0 or what its code says, which nobody reads. */
function placed(
  codes: Int32Array,
  textIndexes: Int32Array,
  texts: number,
): Uint8Array | Uint16Array | Uint32Array {
  const found = new CODE_ARRAYS[codeBytes(texts)](codes.length);
  for (let row = 0; row < codes.length; row += 1) found[row] = textIndexes[codes[row]!]!;
  return found;
}
