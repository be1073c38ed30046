import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined, sql, stored, table, unionAll } from './sql.ts';
import { step } from './step.ts';

test('SQL reads what its parts read, each table once, in order', () => {
  const one = sql`SELECT a FROM ${table('first')}`;
  const other = sql`SELECT b FROM ${stored('second', "read_parquet(['x'])")} WHERE b > ${3}`;
  const both = sql`${unionAll([one, other])}\nORDER BY ${'a'} -- ${one}`;
  expect(both.text).toBe(
    "SELECT a FROM first\nUNION ALL\nSELECT b FROM read_parquet(['x']) WHERE b > 3\nORDER BY a -- SELECT a FROM first",
  );
  expect(both.reads).toEqual(['first', 'second']);
});

test('a step takes over text and tables', () => {
  const made = step({ name: 'made', about: 'of one table', sql: sql`SELECT * FROM ${table('first')}` });
  expect(made).toEqual({ name: 'made', about: 'of one table', sql: 'SELECT * FROM first', reads: ['first'] });
});

test('however it is composed, neither text nor tables are lost', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(fc.array(fc.array(name, { maxLength: 4 }), { maxLength: 4 }), (groups) => {
      const parts = groups.map((names) => joined(names.map(table), ' JOIN '));
      const whole = sql`SELECT ${joined(parts, ', ')};`;
      expect(whole.text).toBe(`SELECT ${groups.map((names) => names.join(' JOIN ')).join(', ')};`);
      expect(whole.reads).toEqual([...new Set(groups.flat())]);
    }),
  );
});

test('it cannot be made a text by mistake, which would lose its tables', () => {
  const one = table('subjects');
  expect(() => `SELECT * FROM ${one}`).toThrow(TypeError);
  expect(() => [one, one].join()).toThrow(TypeError);
});
