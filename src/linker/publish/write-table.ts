import type { PlannedColumn } from '../../domain/planned-column.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { RawChunk } from '../../engine/duckdb/raw-chunk.ts';
import { ArrowFileWriter, type WrittenArrowFile } from '../../write/arrow-file-writer.ts';
import type { ChunkColumn, ColumnKind, OutputColumn } from '../../write/output-column.ts';

/** A column of an output file: how it is written, and how it is described. */
export interface OutputPlan {
  readonly column: PlannedColumn;
  readonly kind: ColumnKind;
  readonly nullable: boolean;
}

/** A column of an output file, and where a query of the engine has it. */
export interface SelectedOutput extends OutputPlan {
  /** engine columns it takes, in the query's order: SQL expression each */
  readonly select: readonly string[];
  /** new code of each old one, for a dictionary from which unused values were taken */
  readonly recode: Int32Array | null;
}

const BYTES: Record<ColumnKind['kind'], number> = {
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float64: 8,
  bool: 1,
  date32: 4,
  'timestamp-us': 8,
  dictionary: 4,
  'fixed-text': 4,
  'hex-token': 8,
};

/** Streams a finished table from the engine into an Arrow file, as raw buffers. */
export async function writeTable(
  engine: DuckDbEngine,
  from: string,
  columns: readonly SelectedOutput[],
  metadata: ReadonlyMap<string, string>,
  path: string,
  signal: AbortSignal,
  onRows: (rows: number) => void,
): Promise<WrittenArrowFile> {
  const writer = await ArrowFileWriter.open(path, outputColumns(columns), metadata);
  try {
    const sql = `SELECT ${columns.flatMap(({ select }) => select).join(', ')} FROM ${from}`;
    for await (const chunk of engine.stream(sql, `writing ${from}`)) {
      signal.throwIfAborted();
      writer.append({ rows: chunk.rows, columns: readColumns(chunk, columns) });
      onRows(chunk.rows);
    }
    return await writer.close();
  } catch (fault) {
    await writer.abort();
    throw fault;
  }
}

/** The columns as the file's writer takes them. */
export function outputColumns(columns: readonly OutputPlan[]): OutputColumn[] {
  return columns.map(({ column, kind, nullable }) => ({
    name: column.name,
    type: kind,
    nullable,
    metadata: columnMetadata(column),
  }));
}

/** What a reader of the file learns about a column. */
function columnMetadata({
  description,
  role,
  system,
  source,
  rule,
}: PlannedColumn): ReadonlyMap<string, string> {
  return new Map([
    ['description', description],
    ['role', role],
    ...(system === null ? [] : ([['system', system]] as const)),
    ['source', source],
    ['rule', rule],
  ]);
}

function readColumns(chunk: RawChunk, columns: readonly SelectedOutput[]): ChunkColumn[] {
  let index = 0;
  return columns.map(({ kind, select, recode, nullable }) => {
    const first = index;
    index += select.length;
    const width = BYTES[kind.kind];
    const validity = nullable ? chunk.validity(first) : null;
    if (kind.kind === 'hex-token') {
      return { values: [chunk.values(first, width), chunk.values(first + 1, width)] as const, validity };
    }
    const bytes = chunk.values(first, width);
    if (recode !== null) {
      const codes = new Int32Array(bytes.buffer, bytes.byteOffset, chunk.rows);
      for (let row = 0; row < codes.length; row += 1) codes[row] = recode[codes[row]!] ?? 0;
    }
    return { values: typed(kind.kind, bytes, chunk.rows), validity };
  });
}

function typed(kind: ColumnKind['kind'], { buffer, byteOffset }: Uint8Array, rows: number): ArrayBufferView {
  switch (kind) {
    case 'int8':
      return new Int8Array(buffer, byteOffset, rows);
    case 'int16':
      return new Int16Array(buffer, byteOffset, rows);
    case 'int64':
    case 'timestamp-us':
      return new BigInt64Array(buffer, byteOffset, rows);
    case 'float64':
      return new Float64Array(buffer, byteOffset, rows);
    case 'bool':
      return new Uint8Array(buffer, byteOffset, rows);
    default:
      return new Int32Array(buffer, byteOffset, rows);
  }
}
