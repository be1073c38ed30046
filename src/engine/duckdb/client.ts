import { createRequire } from 'node:module';
import type * as client from '@duckdb/node-api';

/**
 * DuckDB's client for Node. It is required and not imported: for an import, Node reads each of its 160 files for the names
 * that it exports before it runs any of them, which takes 100 of 160 ms of a processor, in each process of a run.
 */
export const {
  BIGINT,
  DuckDBInstance,
  DuckDBScalarFunction,
  INTEGER,
  SMALLINT,
  STRUCT,
  TINYINT,
  UBIGINT,
  VARCHAR,
} = createRequire(import.meta.url)('@duckdb/node-api') as typeof client;
