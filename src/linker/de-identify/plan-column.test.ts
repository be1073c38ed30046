import { expect, test } from 'vitest';
import type { ReleaseRule } from '../../domain/release-rule.ts';
import type { Role } from '../../domain/role.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import { planColumn } from './plan-column.ts';

const TABLE = { source: 'gp', name: 'events' };

function column(role: Role): ColumnSpec {
  return {
    name: 'it',
    role,
    format: '',
    map: {},
    system: null,
    references: null,
    provider: null,
    codeShape: null,
    missing: [],
    flag: null,
    description: '',
  };
}

test.each<[Role, ReleaseRule, string]>([
  ['date', { rule: 'keep' }, 'date32'],
  ['date', { rule: 'month' }, 'date32'],
  ['date', { rule: 'year' }, 'int16'],
  ['timestamp', { rule: 'keep' }, 'timestamp-us'],
  ['timestamp', { rule: 'month' }, 'date32'],
  ['category', { rule: 'truncate', length: 1 }, 'dictionary'],
  ['integer', { rule: 'keep' }, 'int64'],
  ['decimal', { rule: 'keep' }, 'float64'],
  ['record-id', { rule: 'keep' }, 'hex-token'],
])('a %s under %j is released as %s', (role, rule, type) => {
  expect(planColumn(column(role), rule, TABLE).released.type).toBe(type);
});

test.each<[Role, ReleaseRule]>([
  ['date', { rule: 'truncate', length: 1 }],
  ['integer', { rule: 'month' }],
  ['record-id', { rule: 'year' }],
])('a %s under %j is a bug', (role, rule) => {
  expect(() => planColumn(column(role), rule, TABLE)).toThrow('cannot be carried out');
});

test('a column says where it comes from and what was done to it', () => {
  const spec = { ...column('code'), system: 'icd-10' as const };
  expect(planColumn(spec, { rule: 'truncate', length: 3 }, TABLE).released).toMatchObject({
    name: 'it',
    type: 'dictionary',
    system: 'icd-10',
    source: 'gp.events.it',
    rule: 'truncate to 3 characters',
    description: 'icd-10 code',
  });
});
