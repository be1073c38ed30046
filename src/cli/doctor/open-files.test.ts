import { expect, test } from 'vitest';
import { lookAtOpenFiles } from './open-files.ts';

const limits = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft}                 524288               files\n`;

test.each([
  ['64', 'warning'],
  ['255', 'warning'],
  ['256', 'ok'],
  ['unlimited', 'ok'],
])('a limit of %s open files: %s', (soft, verdict) => {
  expect(lookAtOpenFiles(limits(soft))).toMatchObject([{ what: 'open files', verdict }]);
});

test('where the system does not report a limit, there is no finding', () => {
  expect(lookAtOpenFiles(null)).toEqual([]);
});
