import { isOptOutSystem } from '../domain/opt-out-codes.ts';
import { payloadType } from '../domain/role.ts';
import { columnsLookedAt } from '../pipeline/implausible-rules.ts';
import {
  type ColumnSpec,
  isSubjectTable,
  PERSON_FACTS,
  type Pipeline,
  type TableSpec,
} from '../pipeline/pipeline.ts';

/**
 * The stored code columns that are searched for codes whose rows are never released: those that may hold a code of the list or
 * of an opt-out, and those that are released themselves.
 */
export function codeColumnsLookedThrough(table: TableSpec, pipeline: Pipeline): readonly ColumnSpec[] {
  const released = pipeline.release.tables.find((one) => one.table === table.name)?.columns ?? [];
  return storedColumns(table, pipeline).filter(
    ({ name, role, system }) =>
      role === 'code' &&
      (pipeline.release.sensitiveCodes !== null ||
        isOptOutSystem(system) ||
        released.some((column) => column.name === name)),
  );
}

/**
 * The payload columns of a table that cross the boundary: those that are released, that order and date the records, that reveal
 * a sensitive code, that persons carry, and that reveal an implausible link. All others are checked and not stored (data
 * minimisation).
 */
export function storedColumns(table: TableSpec, pipeline: Pipeline): readonly ColumnSpec[] {
  const released = new Set(
    pipeline.release.tables.find((one) => one.table === table.name)?.columns.map((column) => column.name),
  );
  const personRoles = new Set<string>(
    pipeline.release.persons.map(({ name }) => PERSON_FACTS[name]).filter((role) => role !== 'date'),
  );
  const lookedAt = columnsLookedAt(table, pipeline);
  return table.columns.filter(
    (column) =>
      payloadType(column.role) !== null &&
      payloadType(column.role) !== 'token' &&
      (released.has(column.name) ||
        column.name === table.date ||
        lookedAt.has(column.name) ||
        (column.role === 'code' &&
          (pipeline.release.sensitiveCodes !== null || isOptOutSystem(column.system))) ||
        (isSubjectTable(table) && personRoles.has(column.role))),
  );
}
