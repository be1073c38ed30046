import { plainName } from '../domain/plain-name.ts';
import { payloadType } from '../domain/role.ts';
import type { Complain } from './complain.ts';
import type { Path } from './locate.ts';
import { isSubjectTable, type TableSpec } from './pipeline.ts';

/** Names of the columns that a token store adds to a table's own. */
const STORE_COLUMNS =
  /^(?:(?:subject|nhs|sdp|local|record|parent)_[ab]|agree_(?:sex|year|month|day|postcode)|is_first|first_of_january|ignored_postcode|hashed_(?:record|parent))$/i;
/** And where demographics stand on the row: the facts of a person that they give. */
const BIRTH_FACTS = /^(?:sex|age_band|year_of_birth)$/i;

/**
 * The engine does not tell capitals from small letters in names, and a dictionary's name is made of letters and digits:
 * columns of one table must differ in more than that, and from the columns that are added to them.
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
      complain(at, `${name} cannot be told from the column ${other}`, way, true);
    }
    if (payloadType(role) === null) continue;
    if (STORE_COLUMNS.test(name) || (hasFacts && BIRTH_FACTS.test(name))) {
      complain(at, `the name ${name} is taken`, 'have the column delivered under another name', true);
    }
  }
}
