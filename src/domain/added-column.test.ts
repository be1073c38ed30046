import { expect, test } from 'vitest';
import { addedToPersons, addedToRecords, linkColumns, NAMES_TAKEN } from './added-column.ts';
import { LADDERS } from './match-rank.ts';
import { CARE_SETTINGS } from './role.ts';

const namesOf = (columns: readonly { readonly name: string }[]) => columns.map(({ name }) => name);

test('a record carries its person and rank, a match probability where the ladder compares fields, a linkage weight where it is asked for', () => {
  expect(namesOf(addedToRecords(LADDERS['two-step'], false))).toEqual(['person', 'match_rank']);
  expect(namesOf(addedToRecords(LADDERS['eight-step'], false))).toEqual([
    'person',
    'match_rank',
    'match_probability',
  ]);
  expect(namesOf(addedToRecords(LADDERS['two-step'], true))).toEqual([
    'person',
    'match_rank',
    'linkage_weight',
  ]);
});

test('a person has a rank for each care setting that there is, in the order of all care settings', () => {
  expect(namesOf(addedToPersons(LADDERS['two-step'], ['hospital', 'gp', 'hospital']))).toEqual([
    'person',
    'settings',
    'settings_met',
    'match_rank_gp',
    'match_rank_hospital',
  ]);
});

test.each(Object.entries(LADDERS))('of %s, whatever is added is written and named as one', (_, ladder) => {
  const records = addedToRecords(ladder, true);
  const all = [...records, ...addedToPersons(ladder, CARE_SETTINGS)];
  for (const { name, sql, description } of all) {
    expect(sql).toBe(name);
    expect(description).not.toBe('');
  }
  // no delivered column can be called as one of these, for any pipeline
  expect(NAMES_TAKEN).toEqual(expect.arrayContaining(namesOf(records)));
  // records of a parent row are grouped by the first of them, which each has
  expect(linkColumns(ladder, true).map(({ isNullable }) => isNullable)).toEqual(
    linkColumns(ladder, true).map((_column, index) => index > 0),
  );
});
