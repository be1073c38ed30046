import type { FlatTable } from './flat-table.ts';
import type { PartColumn, PartType } from './part-columns.ts';

/** Members of Arrow's union `Type` (Schema.fbs). */
const TYPE = { int: 2, float: 3, utf8: 5, bool: 6, date: 8, timestamp: 10 } as const;
const INTEGERS: Readonly<Record<number, PartType>> = { 8: 'int8', 16: 'int16', 32: 'int32', 64: 'int64' };
const DOUBLE = 2;
const DAY = 0;
const MILLISECOND = 1;
const MICROSECOND = 2;
const LITTLE_ENDIAN = 0;

/** The columns that an Arrow schema (Schema.fbs) describes; null where it is not the schema of a part. */
export function columnsOf(schema: FlatTable): readonly PartColumn[] | null {
  if (schema.short(0, LITTLE_ENDIAN) !== LITTLE_ENDIAN) return null;
  const columns: PartColumn[] = [];
  for (const [at, field] of schema.tables(1).entries()) {
    const [name, type] = [field.text(0), typeOf(field, at)];
    if (name === null || type === null || !field.flag(1) || field.tables(5).length > 0) return null;
    columns.push({ name, type });
  }
  return new Set(columns.map(({ name }) => name)).size === columns.length ? columns : null;
}

function typeOf(field: FlatTable, position: number): PartType | null {
  const [kind, type, encoding] = [field.byte(2, 0), field.table(3), field.table(4)];
  if (type === null) return null;
  if (encoding !== null) {
    const index = encoding.table(1);
    const isText =
      kind === TYPE.utf8 &&
      encoding.long(0) === position &&
      !encoding.flag(2) &&
      index !== null &&
      integerOf(index) === 'int32';
    return isText ? 'text' : null;
  }
  switch (kind) {
    case TYPE.int:
      return integerOf(type);
    case TYPE.float:
      return type.short(0, 0) === DOUBLE ? 'float64' : null;
    case TYPE.bool:
      return 'bool';
    case TYPE.date:
      return type.short(0, MILLISECOND) === DAY ? 'date' : null;
    case TYPE.timestamp:
      return type.short(0, 0) === MICROSECOND && type.text(1) === null ? 'timestamp' : null;
    default:
      return null;
  }
}

/** A signed whole number. */
function integerOf(type: FlatTable): PartType | null {
  return type.flag(1) ? (INTEGERS[type.int(0, 0)] ?? null) : null;
}
