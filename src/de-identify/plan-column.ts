import type { PlannedColumn } from '../domain/planned-column.ts';
import { payloadType } from '../domain/role.ts';
import type { Dialect } from '../engine/step.ts';
import type { ColumnSpec, ReleaseRule } from '../pipeline/pipeline.ts';

/** One declared column under one rule. */
export function planColumn(
  column: ColumnSpec,
  rule: ReleaseRule,
  table: { readonly source: string; readonly name: string },
  dialect: Dialect,
): PlannedColumn {
  const cell = `row.${dialect.name(column.name)}`;
  const common = {
    name: column.name,
    role: column.role,
    system: column.system,
    source: `${table.source}.${table.name}.${column.name}`,
    rule: describeRule(rule),
    description: column.description === '' ? defaultDescription(column) : column.description,
  };
  const plain = (type: PlannedColumn['type'], sql: string): PlannedColumn => ({
    ...common,
    type,
    sql,
    enumType: null,
  });
  switch (payloadType(column.role)) {
    case 'integer':
      return plain('int64', cell);
    case 'decimal':
      return plain('float64', cell);
    case 'date':
    case 'timestamp':
      if (rule.rule === 'year') return plain('int16', `CAST(year(${cell}) AS SMALLINT)`);
      if (rule.rule === 'month') return plain('date32', `CAST(date_trunc('month', ${cell}) AS DATE)`);
      return payloadType(column.role) === 'date' ? plain('date32', cell) : plain('timestamp-us', cell);
    case 'token':
      return plain('hex-token', column.role === 'record-id' ? 'row.hashed_record' : 'row.hashed_parent');
    default:
      return {
        ...common,
        type: 'dictionary',
        sql: textUnderRule(cell, rule, dialect),
        enumType: `dictionary_${table.name}_${column.name.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`,
      };
  }
}

/** A text cell, cut or mapped. */
export function textUnderRule(cell: string, rule: ReleaseRule, dialect: Dialect): string {
  switch (rule.rule) {
    case 'truncate':
      return `substr(${cell}, 1, ${rule.length})`;
    case 'map': {
      const cases = Object.entries(rule.map).map(
        ([from, to]) => `WHEN ${dialect.text(from)} THEN ${dialect.text(to)}`,
      );
      const other =
        rule.other === null ? 'NULL' : `CASE WHEN ${cell} IS NOT NULL THEN ${dialect.text(rule.other)} END`;
      return cases.length === 0 ? other : `CASE ${cell} ${cases.join(' ')} ELSE ${other} END`;
    }
    default:
      return cell;
  }
}

/** The rule in the words of the data dictionary. */
export function describeRule(rule: ReleaseRule): string {
  switch (rule.rule) {
    case 'truncate':
      return `truncate to ${rule.length} characters`;
    case 'age-band':
      return `age-band of ${rule.width} years at ${rule.at}, ${rule.top} and over together`;
    case 'map':
      return `map to ${new Set(Object.values(rule.map)).size} categories`;
    case 'month':
      return 'month: the first day of the month stands for all of it';
    default:
      return rule.rule;
  }
}

function defaultDescription(column: ColumnSpec): string {
  return column.system === null ? column.role.replaceAll('-', ' ') : `${column.system} code`;
}
