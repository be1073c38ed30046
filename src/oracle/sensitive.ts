import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { type ListedCode, readListedCode } from '../domain/listed-code.ts';
import { optOutCodes } from '../domain/opt-out-codes.ts';
import { refused } from '../domain/problem.ts';
import { CODE_SYSTEMS, type CodeSystem } from '../domain/role.ts';
import { isSensitiveCode } from '../domain/sensitive-code.ts';
import type { Pipeline, TableSpec } from '../pipeline/pipeline.ts';
import { codeColumnsLookedThrough } from '../store/stored-columns.ts';
import type { StandardRow } from './standardise.ts';

/**
 * Whether a row has a code that is never released: one in the pipeline's list, or an opt-out code.
 *
 * @throws TallystickError (exit 1) for a list that cannot be read
 */
export function sensitiveRows(pipeline: Pipeline): (row: StandardRow, table: TableSpec) => boolean {
  const { codeOverrides, lookAlikes } = pipeline.optOuts;
  const codes = {
    listed: readList(pipeline.release.sensitiveCodes),
    optOuts: optOutCodes(codeOverrides, lookAlikes),
  };
  return (row, table) =>
    codeColumnsLookedThrough(table, pipeline).some(({ name, system }) => {
      const value = row.values[name];
      return typeof value === 'string' && isSensitiveCode(system!, value, codes);
    });
}

function readList(path: string | null): readonly ListedCode[] {
  if (path === null) return [];
  const entries = parse(readFileSync(path), {
    bom: true,
    columns: true,
    comment: '#',
    trim: true,
    skip_empty_lines: true,
  }) as { readonly system: string; readonly code: string; readonly match: string }[];
  if (entries.length === 0) throw refused({ file: path, message: 'is not a list of sensitive codes' });
  return entries.map(({ system, code, match }) => {
    const isKnown = (CODE_SYSTEMS as readonly string[]).includes(system);
    const entry =
      isKnown && (match === 'exact' || match === 'prefix')
        ? readListedCode(system as CodeSystem, code, match)
        : { fault: 'an unknown system or match' };
    if ('fault' in entry) throw refused({ file: path, message: entry.fault });
    return entry;
  });
}
