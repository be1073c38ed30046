import { expect, test } from 'vitest';
import { type Finding, settleFindings } from './finding.ts';

const warning: Finding = { check: 'rows', severity: 'warn', file: 'a.csv', message: 'is small' };
const stop: Finding = {
  check: 'rows',
  severity: 'stop',
  file: 'b.csv',
  message: 'is empty',
  wayOut: 'send it',
};

test('a warning is logged and returned, and the run goes on', () => {
  const logged: unknown[] = [];
  expect(settleFindings([warning], (event) => logged.push(event))).toEqual([warning]);
  expect(logged).toEqual([{ level: 'warn', message: 'a.csv: is small' }]);
});

test('the refusal lists every stop, and warnings are logged before it', () => {
  const logged: unknown[] = [];
  expect(() =>
    settleFindings([stop, warning, { ...stop, file: 'c.csv' }], (event) => logged.push(event)),
  ).toThrow('b.csv: is empty\n    send it\nc.csv: is empty');
  expect(logged).toHaveLength(1);
});
