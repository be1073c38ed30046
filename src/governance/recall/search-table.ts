import { refused } from '../../domain/problem.ts';
import { openArrowFile, type ReadBatch } from '../../write/arrow-read.ts';
import type { ReadColumn } from '../../write/read-column.ts';
import { isValid } from '../../write/validity-bitmap.ts';
import { NO_PSEUDONYM, PSEUDONYM_CHARACTERS, type PseudonymIndex } from './pseudonym-index.ts';

/** Who was found in a released table. */
export interface FoundInTable {
  /** number of rows by number of person */
  readonly rows: ReadonlyMap<number, number>;
  /** the care settings of each person found, as the table `persons` has them; empty for other tables */
  readonly settings: ReadonlyMap<number, string>;
}

/**
 * Looks in a released file for the persons of an index: by its column `person`, a batch at a time. Rows are sorted by person, so that
 * each person is looked up about once.
 *
 * @throws TallystickError (exit 1) for a file without such a column, or with something else than pseudonyms in it
 */
export async function searchTable(path: string, index: PseudonymIndex): Promise<FoundInTable> {
  const arrow = await openArrowFile(path);
  try {
    const at = (name: string) => arrow.fields.findIndex((field) => field.name === name);
    const [person, settings] = [at('person'), at('settings')];
    const found = { rows: new Map<number, number>(), settings: new Map<number, string>() };
    for await (const batch of arrow.batches()) searchBatch(path, batch, person, settings, index, found);
    return found;
  } finally {
    await arrow.close();
  }
}

function searchBatch(
  path: string,
  { rows, columns }: ReadBatch,
  person: number,
  settings: number,
  index: PseudonymIndex,
  found: { readonly rows: Map<number, number>; readonly settings: Map<number, string> },
): void {
  const column = columns[person];
  if (column?.kind !== 'utf8' || column.nulls > 0) throw noPseudonyms(path);
  const { bytes, offsets } = column;
  for (let row = 0; row < rows; ) {
    const from = offsets[row]!;
    if (offsets[row + 1]! - from !== PSEUDONYM_CHARACTERS) throw noPseudonyms(path);
    let end = row + 1;
    while (
      end < rows &&
      offsets[end + 1]! - offsets[end]! === PSEUDONYM_CHARACTERS &&
      isSame(bytes, from, offsets[end]!)
    ) {
      end += 1;
    }
    const who = index.find(bytes, from);
    if (who === NO_PSEUDONYM) throw noPseudonyms(path);
    if (who >= 0) {
      found.rows.set(who, (found.rows.get(who) ?? 0) + end - row);
      const text = settings < 0 ? null : textAt(columns[settings]!, row);
      if (text !== null) found.settings.set(who, text);
    }
    row = end;
  }
}

function isSame(bytes: Uint8Array, one: number, other: number): boolean {
  // the last characters first: neighbours in the order of pseudonyms have their first ones in common
  for (let at = PSEUDONYM_CHARACTERS - 1; at >= 0; at -= 1) {
    if (bytes[one + at] !== bytes[other + at]) return false;
  }
  return true;
}

function textAt(column: ReadColumn, row: number): string | null {
  if (column.kind !== 'dictionary' || (column.validity !== null && !isValid(column.validity, row)))
    return null;
  return column.dictionary[column.codes[row]!] ?? null;
}

function noPseudonyms(path: string) {
  return refused({
    file: path,
    message: 'its column `person` does not hold pseudonyms',
    wayOut: 'this file is not one that tallystick released: keep it out of the folder of runs',
  });
}
