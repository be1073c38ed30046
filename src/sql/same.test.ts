import { expect, test } from 'vitest';
import { columnList, NUMBERED_COLUMNS, SUBJECT } from './columns.ts';
import { isToken, samePair, sameSubject } from './same.ts';

test('a pair is the same where both halves are', () => {
  expect(samePair('nhs', 's', 'n')).toBe('s.nhs_a = n.nhs_a AND s.nhs_b = n.nhs_b');
  expect(samePair('nhs', 'n', 'p', 'person')).toBe('n.nhs_a = p.person_a AND n.nhs_b = p.person_b');
});

test('a subject is the same at one source only: keys of two sources may have one token', () => {
  expect(sameSubject('s', 'p')).toBe(
    's.source = p.source AND s.subject_a = p.subject_a AND s.subject_b = p.subject_b',
  );
});

test('a token of a list is compared by both halves', () => {
  expect(isToken('t', 's.person')).toBe('t.a = s.person_a AND t.b = s.person_b');
});

test('columns are listed, with an alias or without', () => {
  expect(columnList(SUBJECT)).toBe('source, subject_a, subject_b');
  expect(columnList(NUMBERED_COLUMNS, 'n')).toBe(
    'n.source, n.subject_a, n.subject_b, n.nhs_a, n.nhs_b, n.sdp_a, n.sdp_b, n.first_of_january',
  );
});
