import { isoDate, parseDate, parseTimestamp } from '../../domain/date-format.ts';
import { payloadType } from '../../domain/role.ts';
import { trimBlanks } from '../../domain/standardised-text.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';

/**
 * Longest text taken as a code, category, organisation or area, in bytes of UTF-8. The longest real ones (SNOMED CT
 * expressions aside) have 18 characters; anything longer is more likely free text in the wrong column.
 */
const MAX_TEXT_BYTES = 64;

/**
 * A whole number: at most 15 digits, so that a double is exact. Data frames write a column with gaps as `5.0`: a point and
 * zeros change nothing.
 */
const INTEGER_PATTERN = '[+-]?[0-9]{1,15}([.]0*)?';
/**
 * A decimal number, read as the nearest double. Programs write doubles with up to 17 digits that count and small or large
 * ones with an exponent; databases write up to 38 decimal places. Before the point at most 15 digits, as of a whole number:
 * what is longer is an identifier in the wrong column. No separators of thousands, and no text such as NaN.
 */
const DECIMAL_PATTERN = '[+-]?([0-9]{1,15}([.][0-9]{0,40})?|[.][0-9]{1,40})([eE][+-]?[0-9]{1,3})?';

const INTEGER = new RegExp(`^${INTEGER_PATTERN}$`);
const DECIMAL = new RegExp(`^${DECIMAL_PATTERN}$`);

/** Why a payload cell does not fit its declared type. */
export type PayloadFault =
  | 'not an integer'
  | 'not a decimal number'
  | 'not a date in the declared format'
  | 'not a timestamp in the declared format'
  | 'too long for its role'
  | 'holds a NUL character'
  | 'missing key';

/** The fault a column's cells can have; null for roles whose cells always fit. */
export function faultOf(column: ColumnSpec): PayloadFault | null {
  switch (payloadType(column.role)) {
    case 'integer':
      return 'not an integer';
    case 'decimal':
      return 'not a decimal number';
    case 'date':
      return 'not a date in the declared format';
    case 'timestamp':
      return 'not a timestamp in the declared format';
    case 'text':
      return 'too long for its role';
    case 'token':
      return 'missing key';
    default:
      return column.role === 'patient-key' ? 'missing key' : null;
  }
}

export type PayloadCell = { readonly value: string | number | null } | { readonly fault: PayloadFault };

/** A cell without the blanks around it; null where nothing is left, or what the column says is as good as nothing. */
export function payloadText({ missing }: Pick<ColumnSpec, 'missing'>, text: string | null): string | null {
  const trimmed = trimBlanks(text);
  return trimmed === '' || missing.includes(trimmed) ? null : trimmed;
}

/**
 * One payload cell, by the plain rules that the SQL of `payload-sql.ts` is held to.
 * Dates come out as YYYY-MM-DD, timestamps as YYYY-MM-DD HH:MM:SS.
 */
export function payloadValue(column: ColumnSpec, text: string | null): PayloadCell {
  const trimmed = payloadText(column, text);
  if (trimmed === null) {
    return faultOf(column) === 'missing key' ? { fault: 'missing key' } : { value: null };
  }
  switch (payloadType(column.role)) {
    case 'integer':
      return INTEGER.test(trimmed) ? { value: Number(trimmed) + 0 } : { fault: 'not an integer' };
    case 'decimal': {
      const value = DECIMAL.test(trimmed) ? Number(trimmed) : Number.NaN;
      // an exponent may lead beyond what a double holds; -0 sorts as 0 does, so it must be 0
      return Number.isFinite(value) ? { value: value + 0 } : { fault: 'not a decimal number' };
    }
    case 'date': {
      const date = parseDate(trimmed, column.format);
      return date === null ? { fault: 'not a date in the declared format' } : { value: isoDate(date) };
    }
    case 'timestamp': {
      const moment = parseTimestamp(trimmed, column.format);
      if (moment === null) return { fault: 'not a timestamp in the declared format' };
      const two = (part: number) => String(part).padStart(2, '0');
      return { value: `${isoDate(moment)} ${two(moment.hour)}:${two(moment.minute)}:${two(moment.second)}` };
    }
    case 'text':
      if (Buffer.byteLength(trimmed) > MAX_TEXT_BYTES) return { fault: 'too long for its role' };
      return trimmed.includes('\0') ? { fault: 'holds a NUL character' } : { value: trimmed };
    default:
      return { value: trimmed };
  }
}
