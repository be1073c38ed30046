import { type HeldReason, reasonNamed } from '../domain/held-reason.ts';
import type { Complain } from './complain.ts';
import type { Path } from './locate.ts';
import { isSubjectTable, type OptOutFlag, type TableSpec } from './pipeline.ts';
import type { ColumnFile } from './schema.ts';

/**
 * The declaration of an opt-out-flag column. Each value must be declared; an undeclared value, and the empty cell, counts as opted
 * out, so only the values that mean no opt-out are kept.
 */
export function completeFlag(
  name: string,
  { role, type, values, missing }: ColumnFile,
  reasons: readonly HeldReason[],
  path: Path,
  complain: Complain,
): OptOutFlag | null {
  if (role !== 'opt-out-flag') {
    if (type !== undefined) complain([...path, 'type'], `a ${role} column takes no type`);
    if (values !== undefined) complain([...path, 'values'], `a ${role} column takes no values`);
    return null;
  }
  const known = reasons.filter(({ stated }) => stated !== 'found');
  const reason = type === undefined ? null : reasonNamed(known, type);
  if (type === undefined) {
    complain(
      path,
      `the opt-out-flag ${name} does not say its type`,
      'add type: type-1, type-2 or national, or another reason',
      true,
    );
  } else if (reason === null) {
    const way = `use one of ${known.map((one) => one.name).join(', ')}; others are declared in optOuts.types`;
    complain([...path, 'type'], `there is no reason called ${type} that a flag can have`, way);
  }
  if (values === undefined) {
    const way = 'add values: { "Y": registered, "N": none }; any other value counts as an opt-out';
    complain(path, `the opt-out-flag ${name} does not declare its values`, way, true);
  }
  if (missing !== undefined) {
    const way = 'declare such cells in values; an empty cell counts as an opt-out unless "" is declared';
    complain([...path, 'missing'], 'an opt-out-flag column takes no missing', way);
  }
  const saying = (meaning: 'none' | 'registered') =>
    Object.entries(values ?? {}).flatMap(([value, means]) => (means === meaning ? [value] : []));
  return { type: reason?.name ?? 'type-1', none: saying('none'), registered: saying('registered') };
}

/** A flag must be on rows that identify a patient. Reasons that act on GP records are for GP sources only. */
export function checkFlags(
  table: TableSpec,
  reasons: readonly HeldReason[],
  path: Path,
  complain: Complain,
): void {
  for (const { name, flag } of table.columns) {
    if (flag === null) continue;
    const at = [...path, 'columns', name];
    if (!isSubjectTable(table)) {
      const way = 'declare it in the patients table, or in a table whose rows have an NHS number';
      complain(at, `an opt-out-flag belongs to patients, and ${table.name} has none`, way, true);
    } else if (table.kind !== 'patients' && !table.columns.some(({ role }) => role === 'nhs-number')) {
      complain(
        at,
        `an opt-out-flag in ${table.name} could be matched with nobody`,
        'add its nhs-number column',
        true,
      );
    }
    const reason = reasonNamed(reasons, flag.type)!;
    if (reason.stated === 'by-row' && table.kind !== 'patients' && isSubjectTable(table)) {
      const way = 'declare it in the patients table';
      complain(
        at,
        `${flag.type} is about one registration, and a row of ${table.name} is of none`,
        way,
        true,
      );
    }
    if (reason.scope !== 'person' && table.setting !== 'gp') {
      const what = flag.type === 'type-1' ? 'type 1 opt-outs act' : `${flag.type} acts`;
      complain([...at, 'type'], `${what} on GP sources only`);
    }
  }
}
