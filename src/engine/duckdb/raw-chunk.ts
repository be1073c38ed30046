import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/** A vector of result rows as raw memory: no value becomes a JavaScript object. */
export interface RawChunk {
  readonly rows: number;
  readonly columns: number;
  /** `rows` values of the given width, valid until the next chunk */
  values(column: number, bytesPerValue: number): Uint8Array;
  /** null bitmap, least significant bit first, 1 = valid; null if all are valid */
  validity(column: number): Uint8Array | null;
}

/** Wraps a chunk of the client. Its value objects would rebuild every ENUM's dictionary and every string. */
export function readChunk(chunk: DuckDBDataChunk, columns: number): RawChunk {
  const rows = chunk.rowCount;
  const raw = (chunk as unknown as { readonly chunk: duckdb.DataChunk }).chunk;
  return {
    rows,
    columns,
    values: (column, bytesPerValue) =>
      duckdb.vector_get_data(duckdb.data_chunk_get_vector(raw, column), rows * bytesPerValue),
    validity: (column) =>
      duckdb.vector_get_validity(duckdb.data_chunk_get_vector(raw, column), Math.ceil(rows / 64) * 8) ?? null,
  };
}
