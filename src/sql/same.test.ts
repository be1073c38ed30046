import { expect, test } from 'vitest';
import { columnList, NUMBERED_COLUMNS } from './columns.ts';
import { same, samePair, sameSubject } from './same.ts';

test('numbers are compared by one column', () => {
  expect(same('nhs', 's', 'n')).toBe('s.nhs = n.nhs');
  expect(same('nhs', 'n', 'p', 'anchor')).toBe('n.nhs = p.anchor');
  expect(sameSubject('s', 'p')).toBe('s.subject = p.subject');
});

test('a token is the same where both halves are', () => {
  expect(samePair('record', 's', 'n')).toBe('s.record_a = n.record_a AND s.record_b = n.record_b');
  expect(samePair('parent', 'n', 'p', 'record')).toBe('n.parent_a = p.record_a AND n.parent_b = p.record_b');
});

test('columns are listed, with an alias or without', () => {
  expect(columnList(['source', 'subject'])).toBe('source, subject');
  expect(columnList(NUMBERED_COLUMNS, 'n')).toBe(
    'n.subject, n.source, n.nhs, n.tuple, n.own, n.draw, n.first_of_january',
  );
});
