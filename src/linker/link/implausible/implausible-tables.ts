import { rulesAsked } from '../../../pipeline/implausible-rules.ts';
import { isFlat, type Pipeline, type TableSpec, tablesOf } from '../../../pipeline/pipeline.ts';
import { BIRTH_YEAR } from '../../../store/birth-facts.ts';
import type { KnownCodes } from '../../de-identify/known-codes.ts';
import { storedRows } from '../../stored-relations.ts';
import type { ImplausibleTables } from './steps.ts';
import type { StoredRows } from './stored-rows.ts';

/**
 * What the rules of implausible links look at, in the store.
 *
 * @param subjectTables those whose rows carry identifiers: of patients, and flat ones
 * @param known what was found among the codes of the store
 */
export function implausibleTables(
  pipeline: Pipeline,
  subjectTables: readonly TableSpec[],
  { births }: KnownCodes,
): ImplausibleTables {
  const spec = pipeline.link.implausible;
  const rowsIn = (table: TableSpec): StoredRows => {
    const parent = table.columns.find(({ role }) => role === 'parent-key')?.references;
    return {
      relation: storedRows(pipeline, table),
      parent: parent == null ? null : rowsOf(parent),
    };
  };
  const tableOf = (name: string) => tablesOf(pipeline).find((table) => table.name === name)!;
  const rowsOf = (name: string) => rowsIn(tableOf(name));
  const withRole = (role: 'date-of-death' | 'date-of-birth') =>
    subjectTables.flatMap((table) => {
      const column = table.columns.find((one) => one.role === role);
      return column === undefined
        ? []
        : [{ rows: rowsIn(table), column: column.name, isFlat: isFlat(table) }];
    });
  return {
    asked: rulesAsked(pipeline),
    deaths: withRole('date-of-death').map(({ rows, column }) => ({ rows, died: column })),
    activity: (spec?.activity ?? []).map(({ table, where }) => ({
      rows: rowsOf(table),
      date: tableOf(table).date!,
      where,
    })),
    stays: (spec?.stays ?? []).map(({ table, ...columns }) => ({ rows: rowsOf(table), ...columns })),
    births: (spec?.births ?? []).map(({ table, codes }) => ({
      rows: rowsOf(table),
      date: tableOf(table).date!,
      codes: codes.map((name) => ({
        name,
        delivery: births?.delivery.get(table)?.get(name) ?? null,
        newborn: births?.newborn.get(table)?.get(name) ?? null,
      })),
    })),
    birthCodes: spec?.birthCodes ?? { delivery: [], newborn: [] },
    birthYears: withRole('date-of-birth').map(({ rows, isFlat: isOfFlat }) => ({
      rows,
      year: BIRTH_YEAR,
      isFlat: isOfFlat,
    })),
  };
}
