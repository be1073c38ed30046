import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { classifyOptOutCode, type OptOutCodeSystem, optOutCodes } from '../../domain/opt-out-codes.ts';
import { refused } from '../../domain/problem.ts';
import { CODE_SYSTEMS } from '../../domain/role.ts';
import type { Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import type { StandardRow } from './standardise.ts';

const OPT_OUT_SYSTEMS: readonly string[] = ['read-v2', 'ctv3', 'snomed'] satisfies OptOutCodeSystem[];

/**
 * Whether a row has a code that is never released: one of the pipeline's list, or one that records an opt-out.
 *
 * @throws TallystickError (exit 1) for a list that cannot be understood
 */
export function sensitiveRows(pipeline: Pipeline): (row: StandardRow, table: TableSpec) => boolean {
  const listed = readList(pipeline.release.sensitiveCodes);
  const optOutTable = optOutCodes(pipeline.optOuts.codeOverrides);
  return (row, table) =>
    table.columns
      .filter(({ role }) => role === 'code')
      .some(({ name, system }) => {
        const value = row.values[name];
        if (typeof value !== 'string') return false;
        const isOptOut =
          OPT_OUT_SYSTEMS.includes(system!) &&
          classifyOptOutCode(system as OptOutCodeSystem, value, optOutTable) !== null;
        return (
          isOptOut ||
          listed.some(
            (one) =>
              one.system === system &&
              (one.match === 'exact' ? value === one.code : value.startsWith(one.code)),
          )
        );
      });
}

interface ListedCode {
  readonly system: string;
  readonly code: string;
  readonly match: string;
}

function readList(path: string | null): readonly ListedCode[] {
  if (path === null) return [];
  const entries = parse(readFileSync(path), {
    bom: true,
    columns: true,
    comment: '#',
    trim: true,
    skip_empty_lines: true,
  }) as ListedCode[];
  const isKnown = ({ system, code, match }: ListedCode) =>
    CODE_SYSTEMS.some((one) => one === system) && code !== '' && ['exact', 'prefix'].includes(match);
  if (entries.length === 0 || !entries.every(isKnown)) {
    throw refused({ file: path, message: 'is not a list of sensitive codes' });
  }
  return entries;
}
