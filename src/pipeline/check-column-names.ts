import { plainName } from '../domain/plain-name.ts';
import { payloadType } from '../domain/role.ts';
import type { Complain } from './complain.ts';
import type { Path } from './locate.ts';
import { isSubjectTable, type TableSpec } from './pipeline.ts';

/** Names of the columns that a token store adds to those of a table. */
const STORE_COLUMNS =
  /^(?:subject|(?:subject|nhs|tuple|local|record|parent)_[ab]|compared_(?:sex|year|month|day|postcode)|is_orphan|first_of_january|ignored_postcode|hashed_(?:record|parent))$/i;
/** Where rows have demographics: the facts of a person that are derived from them. */
const BIRTH_FACTS = /^(?:sex|age_band|year_of_birth)$/i;

/**
 * The engine ignores case in names, and the name of a dictionary type has letters and digits only. So columns of one table must
 * differ in letters or digits, and from the columns that the store adds.
 */
export function checkColumnNames(table: TableSpec, path: Path, complain: Complain): void {
  const hasFacts = isSubjectTable(table);
  const met = new Map<string, string>();
  for (const { name, role } of table.columns) {
    const plain = plainName(name);
    const other = met.get(plain);
    met.set(plain, name);
    const at = [...path, 'columns', name];
    if (other !== undefined) {
      const way = 'columns of one table differ in letters or digits, not only in capitals or signs';
      complain(at, `${name} differs from the column ${other} only in capitals or signs`, way, true);
    }
    if (payloadType(role) === null) continue;
    if (STORE_COLUMNS.test(name) || (hasFacts && BIRTH_FACTS.test(name))) {
      complain(at, `the name ${name} is taken`, 'have the column delivered under another name', true);
    }
  }
}
