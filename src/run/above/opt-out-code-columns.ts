import { type OptOutCodeSystem, optOutCodes } from '../../domain/opt-out-codes.ts';
import type { Pipeline, TableSpec } from '../../pipeline/pipeline.ts';

/** A table's opt-out code columns, each with the codes that record an opt-out or its withdrawal in its own system. */
export function optOutCodesOf(
  table: TableSpec,
  columns: readonly string[],
  pipeline: Pipeline,
): ReadonlyMap<string, readonly string[]> {
  const { codes } = optOutCodes(pipeline.optOuts.codeOverrides);
  return new Map(
    columns.map((name) => [
      name,
      codes.filter(({ system }) => system === systemOf(table, name)).map(({ code }) => code),
    ]),
  );
}

/** The code system of one of them; that it is one of these has been checked with the pipeline file. */
export function systemOf(table: TableSpec, column: string): OptOutCodeSystem {
  return table.columns.find(({ name }) => name === column)!.system as OptOutCodeSystem;
}
