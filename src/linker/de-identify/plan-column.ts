import { describeRule } from '../../domain/describe-rule.ts';
import type { PlannedColumn } from '../../domain/planned-column.ts';
import { byRule, type ReleaseRule, unfit } from '../../domain/release-rule.ts';
import { type PayloadType, payloadType } from '../../domain/role.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';

/** A column of a table of records, as it is stored and as it is released. */
export interface ReleasedColumn {
  readonly released: PlannedColumn;
  readonly spec: ColumnSpec;
  /** what is stored of it */
  readonly stored: PayloadType;
  readonly rule: ReleaseRule;
}

/** What a stored column becomes, by the type that it is stored in. */
const BY_PAYLOAD: Readonly<Record<PayloadType, (rule: ReleaseRule) => PlannedColumn['type']>> = {
  integer: (rule) => keptAs(rule, 'int64'),
  decimal: (rule) => keptAs(rule, 'float64'),
  date: (rule) => dateAs(rule, 'date32'),
  timestamp: (rule) => dateAs(rule, 'timestamp-us'),
  token: (rule) => keptAs(rule, 'hex-token'),
  text: () => 'dictionary',
};

/** The stored token of a released id: the row's own, or that of the row it points at. */
export function idToken(role: string): 'record' | 'parent' {
  return role === 'record-id' ? 'record' : 'parent';
}

/** One declared column under one rule. */
export function planColumn(
  column: ColumnSpec,
  rule: ReleaseRule,
  table: { readonly source: string; readonly name: string },
): ReleasedColumn {
  const stored = payloadType(column.role);
  if (stored === null) throw new TypeError(`${column.role} columns are never released`);
  const released = {
    type: BY_PAYLOAD[stored](rule),
    name: column.name,
    role: column.role,
    system: column.system,
    source: `${table.source}.${table.name}.${column.name}`,
    rule: describeRule(rule),
    description: column.description === '' ? defaultDescription(column) : column.description,
  };
  return { released, spec: column, stored, rule };
}

/** A number or an id is kept, or not released at all. */
function keptAs(rule: ReleaseRule, type: PlannedColumn['type']): PlannedColumn['type'] {
  const cannot = unfit('a number or an id');
  return byRule<PlannedColumn['type']>(rule, {
    keep: () => type,
    drop: cannot,
    year: cannot,
    month: cannot,
    truncate: cannot,
    map: cannot,
    'year-of-birth': cannot,
    'age-band': cannot,
  });
}

/** @param kept its type where it is kept */
function dateAs(rule: ReleaseRule, kept: 'date32' | 'timestamp-us'): PlannedColumn['type'] {
  const cannot = unfit('a date');
  return byRule<PlannedColumn['type']>(rule, {
    keep: () => kept,
    year: () => 'int16',
    month: () => 'date32',
    drop: cannot,
    truncate: cannot,
    map: cannot,
    'year-of-birth': cannot,
    'age-band': cannot,
  });
}

function defaultDescription(column: ColumnSpec): string {
  return column.system === null ? column.role.replaceAll('-', ' ') : `${column.system} code`;
}
