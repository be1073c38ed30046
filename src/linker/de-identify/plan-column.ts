import { describeRule } from '../../domain/describe-rule.ts';
import { plainName } from '../../domain/plain-name.ts';
import type { PlannedColumn } from '../../domain/planned-column.ts';
import type { ReleaseRule } from '../../domain/release-rule.ts';
import { type PayloadType, payloadType } from '../../domain/role.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import type { Dialect } from '../../sql/step.ts';
import { dateUnderRule, keptUnderRule, type RuledSql, textUnderRule } from './rule-sql.ts';

/** What a stored column becomes, by the type that it is stored in. */
const BY_PAYLOAD: Readonly<
  Record<PayloadType, (cell: string, rule: ReleaseRule, column: ColumnSpec, dialect: Dialect) => RuledSql>
> = {
  integer: (cell, rule) => keptUnderRule(cell, rule, 'int64'),
  decimal: (cell, rule) => keptUnderRule(cell, rule, 'float64'),
  date: (cell, rule) => dateUnderRule(cell, rule),
  timestamp: (cell, rule) => dateUnderRule(cell, rule, 'timestamp-us'),
  token: (_cell, rule, { role }) => keptUnderRule(`row.${hashedId(idToken(role))}`, rule, 'hex-token'),
  text: (cell, rule, _column, dialect) => ({ type: 'dictionary', sql: textUnderRule(cell, rule, dialect) }),
};

/** The stored token of a released id: the row's own, or that of the row it points at. */
export function idToken(role: string): 'record' | 'parent' {
  return role === 'record-id' ? 'record' : 'parent';
}

/** The column of that token once it is hashed again for the agreement. */
export function hashedId(token: 'record' | 'parent'): string {
  return `hashed_${token}`;
}

/** One declared column under one rule. */
export function planColumn(
  column: ColumnSpec,
  rule: ReleaseRule,
  table: { readonly source: string; readonly name: string },
  dialect: Dialect,
): PlannedColumn {
  const payload = payloadType(column.role);
  if (payload === null) throw new TypeError(`${column.role} columns are never released`);
  const ruled = BY_PAYLOAD[payload](`row.${dialect.name(column.name)}`, rule, column, dialect);
  return {
    ...ruled,
    name: column.name,
    enumType:
      payload === 'text' && rule.rule !== 'keep'
        ? `dictionary_${table.name}_${plainName(column.name)}`
        : null,
    role: column.role,
    system: column.system,
    source: `${table.source}.${table.name}.${column.name}`,
    rule: describeRule(rule),
    description: column.description === '' ? defaultDescription(column) : column.description,
  };
}

function defaultDescription(column: ColumnSpec): string {
  return column.system === null ? column.role.replaceAll('-', ' ') : `${column.system} code`;
}
