import { isIsoDate } from '../../domain/date-format.ts';
import type { OptOutKind } from '../../domain/opt-out.ts';

/** One event of the register, as its line has it. */
export interface RegisterEvent {
  /** token of the NHS number: 32 hexadecimal digits */
  readonly token: string;
  readonly type: string;
  readonly kind: OptOutKind;
  /** YYYY-MM-DD, a date of the calendar; null where the event is not dated */
  readonly date: string | null;
}

/** Hexadecimal digits of a token. */
export const TOKEN_DIGITS = 32;
/** Names of types: those that every pipeline has, and those that one declares. */
const TYPE = /^[a-z][a-z0-9-]{0,39}$/;
const KINDS: readonly string[] = ['registered', 'withdrawn'] satisfies OptOutKind[];
const UNDATED = '-';

/** The line of an event, with its line end. */
export function registerLine({ token, type, kind, date }: RegisterEvent): string {
  return `${token} ${type} ${kind} ${date ?? UNDATED}\n`;
}

/** The event in a line without its line end; null where the line is none. */
export function parseRegisterLine(line: string): RegisterEvent | null {
  const [token, type, kind, date, ...more] = line.split(' ');
  if (date === undefined || more.length > 0 || !/^[0-9a-f]{32}$/.test(token!)) return null;
  if (!TYPE.test(type!) || !KINDS.includes(kind!)) return null;
  if (date !== UNDATED && !isIsoDate(date)) return null;
  return {
    token: token!,
    type: type!,
    kind: kind as OptOutKind,
    date: date === UNDATED ? null : date,
  };
}
