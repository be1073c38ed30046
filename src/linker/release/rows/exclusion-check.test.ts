import { expect, test } from 'vitest';
import { codeColumn, ExclusionCheck } from './exclusion-check.ts';
import { NO_OWNER, ORPHAN, PERSON_LEFT_OUT, SENSITIVE } from './row-owners.ts';
import { tableInMemory } from './test-rig/rows-in-memory.ts';

const TABLE = tableInMemory(
  [
    { name: 'first', type: 'text', values: ['B20', 'A01', 'B20', null, 'A01', 'B20'] },
    { name: 'second', type: 'text', values: ['A01', 'Z21', 'Z21', 'A01', 'A02', null] },
  ],
  4,
);
const CODES = [0, 1].map((column) => codeColumn(TABLE, column, (text) => text === 'B20' || text === 'Z21'));

/** Each batch is read by a check of its own, as threads do, and what they have counted is added up. */
function check(owners: readonly number[]): void {
  const all = new ExclusionCheck(TABLE, CODES);
  for (let batch = 0; batch < TABLE.batches; batch += 1) {
    const one = new ExclusionCheck(TABLE, CODES);
    one.read(batch, Int32Array.from(owners.slice(batch * 4, batch * 4 + 4)));
    all.add(one.counts);
  }
  all.finish();
}

test('every row with a sensitive code is left out, in whichever column it has one, and no other', () => {
  expect(() => check([SENSITIVE, SENSITIVE, SENSITIVE, 7, 0, SENSITIVE])).not.toThrow();
});

test('rows that are left out for another reason may have any code', () => {
  expect(() => check([NO_OWNER, ORPHAN, PERSON_LEFT_OUT - 1, 7, 0, SENSITIVE])).not.toThrow();
});

test('a released row with a sensitive code is a bug, and the code is not shown', () => {
  const released = () => check([SENSITIVE, 3, SENSITIVE, 7, 0, SENSITIVE]);
  expect(released).toThrow('a row of in_memory with a sensitive code in second is not left out');
  expect(released).not.toThrow('Z21');
});

test('a row that is left out without a sensitive code is a bug', () => {
  expect(() => check([SENSITIVE, SENSITIVE, SENSITIVE, SENSITIVE, 0, SENSITIVE])).toThrow(
    '5 rows of in_memory are left out because of a sensitive code, and 4 have one',
  );
});
