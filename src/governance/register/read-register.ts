import { isoDate, isRealDate } from '../../domain/date-format.ts';
import { dayOfDate } from '../../domain/day-number.ts';
import { refused } from '../../domain/problem.ts';
import { believedDate } from '../../domain/recorded-opt-out.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import type { LogHead } from '../log/head.ts';
import { LOG_KINDS } from '../log/log-form.ts';
import type { LogChange } from '../log/next-change.ts';
import { type Log, readLog } from '../log/read-log.ts';
import { parseRegisterLine, TOKEN_DIGITS } from './register-line.ts';

/** The kind of the register's log. */
export const REGISTER = 'opt-out-register';

/** No day: the event has no date, or none that could be believed when it was recorded (`believedDate`). */
export const NO_DAY = -(2 ** 31);
/** Values of `kinds`. */
export const REGISTERED = 0;
export const WITHDRAWN = 1;

/** Every event of a register in the order of recording, in columns. */
export interface RegisterEvents {
  readonly head: LogHead;
  readonly keyId: string;
  readonly warnings: readonly string[];
  readonly count: number;
  /** four words a token, its bytes read little-endian */
  readonly tokens: Uint32Array<ArrayBuffer>;
  /** index in `typeNames` */
  readonly types: Uint8Array<ArrayBuffer>;
  /** {@link REGISTERED} or {@link WITHDRAWN} */
  readonly kinds: Uint8Array<ArrayBuffer>;
  /** the day of the event, counted from 1970-01-01; or {@link NO_DAY} */
  readonly days: Int32Array<ArrayBuffer>;
  /** the day as it is written, whether it can be believed or not; or {@link NO_DAY} */
  readonly writtenDays: Int32Array<ArrayBuffer>;
  /** the day on which it was recorded */
  readonly recordedDays: Int32Array<ArrayBuffer>;
  readonly typeNames: readonly string[];
}

/**
 * Reads a register whole, and refuses it where it is damaged. `domain/recorded-opt-out` says what its events mean on a date: of
 * a person with one event, a registration without a day is in force.
 *
 * @param key the linkage key; null for a reader who has none: digests are checked then, and seals are not
 * @throws TallystickError (exit 1) for a register that is missing or damaged; (exit 3) for one of another key
 */
export function readRegister(path: string, key: KeyRing | null, shownAs = path): RegisterEvents {
  return registerEvents(readLog(path, { kind: REGISTER, key, shownAs }), shownAs);
}

/** The events of a log of the register's kind. @throws TallystickError (exit 1) naming a line that is no event */
export function registerEvents(log: Log, shownAs: string): RegisterEvents {
  const count = log.changes.reduce((sum, change) => sum + change.count, 0);
  const reader = new EventReader(count);
  let line = 2;
  for (const change of log.changes) {
    const faulty = reader.read(change);
    if (faulty !== null) {
      throw refused({
        file: shownAs,
        line: line + 1 + faulty,
        message: `the ${LOG_KINDS[REGISTER]} has a line in change ${change.number} that is no event`,
        wayOut:
          'it was written by another version of tallystick, or by another program: a line that is passed over could release somebody who opted out',
      });
    }
    line += change.count + 2;
  }
  const { head, keyId, warnings } = log;
  return { head, keyId, warnings, ...reader.events };
}

const BLANK = 0x20;
const LINE_END = 0x0a;
const DASH = 0x2d;
const REGISTERED_WORD = Buffer.from('registered ');
const WITHDRAWN_WORD = Buffer.from('withdrawn ');
/** `YYYY-MM-DD` */
const DATE_DIGITS = 10;
const MOST_TYPES = 255;
/** Values of hexadecimal digits; for any other byte a number of more than four bits. */
const NO_DIGIT = 1 << 8;
const HEX = new Int32Array(256).fill(NO_DIGIT);
for (let value = 0; value < 16; value += 1) HEX[value.toString(16).charCodeAt(0)] = value;

/** Fills the columns from the bytes of changes. Plain lines are read here, all others by `parseRegisterLine`. */
class EventReader {
  readonly #count: number;
  readonly #tokens: Uint32Array<ArrayBuffer>;
  readonly #types: Uint8Array<ArrayBuffer>;
  readonly #kinds: Uint8Array<ArrayBuffer>;
  readonly #days: Int32Array<ArrayBuffer>;
  readonly #writtenDays: Int32Array<ArrayBuffer>;
  readonly #recordedDays: Int32Array<ArrayBuffer>;
  /** names of types, each with a blank after it */
  readonly #typeWords: Buffer[] = [];
  readonly #typeNames: string[] = [];
  #next = 0;

  constructor(count: number) {
    this.#count = count;
    this.#tokens = new Uint32Array(count * 4);
    this.#types = new Uint8Array(count);
    this.#kinds = new Uint8Array(count);
    this.#days = new Int32Array(count);
    this.#writtenDays = new Int32Array(count);
    this.#recordedDays = new Int32Array(count);
  }

  get events() {
    return {
      count: this.#count,
      tokens: this.#tokens,
      types: this.#types,
      kinds: this.#kinds,
      days: this.#days,
      writtenDays: this.#writtenDays,
      recordedDays: this.#recordedDays,
      typeNames: this.#typeNames,
    };
  }

  /** Reads the lines of a change. @returns the index of the first that is no event; null where there is none */
  read({ header, lines, count }: LogChange): number | null {
    const recordedOn = header.at.slice(0, DATE_DIGITS);
    const recorded = dayOf(recordedOn);
    if (recorded === NO_DAY) return -1;
    const dates = new DateMemory(recordedOn);
    let at = 0;
    for (let index = 0; index < count; index += 1) {
      at = this.#readLine(lines, at, dates);
      if (at === 0) return index;
    }
    this.#recordedDays.fill(recorded, this.#next - count, this.#next);
    return at === lines.length ? null : count;
  }

  /** @returns where the next line begins; 0 where this one is no event */
  #readLine(lines: Buffer, from: number, dates: DateMemory): number {
    const row = this.#next;
    const blankAt = from + TOKEN_DIGITS;
    if (lines[blankAt] !== BLANK) return 0;
    let bad = 0;
    for (let word = 0; word < 4; word += 1) {
      const value = wordAt(lines, from + word * 8);
      if (value < 0) bad = 1;
      this.#tokens[row * 4 + word] = value;
    }
    if (bad !== 0) return 0;
    const type = this.#typeAt(lines, blankAt + 1);
    if (type === -1) return 0;
    this.#types[row] = type;
    let at = blankAt + 1 + this.#typeWords[type]!.length;
    const kind = lines[at] === REGISTERED_WORD[0] ? REGISTERED : WITHDRAWN;
    const word = kind === REGISTERED ? REGISTERED_WORD : WITHDRAWN_WORD;
    if (!startsWith(lines, at, word)) return 0;
    this.#kinds[row] = kind;
    at += word.length;
    this.#next += 1;
    if (lines[at] === DASH && lines[at + 1] === LINE_END) {
      this.#days[row] = NO_DAY;
      this.#writtenDays[row] = NO_DAY;
      return at + 2;
    }
    const date = dates.at(lines, at);
    if (date === null || lines[at + DATE_DIGITS] !== LINE_END) return 0;
    this.#days[row] = date.believed;
    this.#writtenDays[row] = date.written;
    return at + DATE_DIGITS + 1;
  }

  /** The index of the type whose name begins here; -1 where none does. */
  #typeAt(lines: Buffer, at: number): number {
    const words = this.#typeWords;
    for (let type = 0; type < words.length; type += 1) {
      if (startsWith(lines, at, words[type]!)) return type;
    }
    const end = lines.indexOf(LINE_END, at);
    const line = lines.toString('latin1', at - TOKEN_DIGITS - 1, end === -1 ? lines.length : end);
    const event = parseRegisterLine(line);
    if (event === null || this.#typeNames.length === MOST_TYPES) return -1;
    this.#typeNames.push(event.type);
    this.#typeWords.push(Buffer.from(`${event.type} `));
    return this.#typeNames.length - 1;
  }
}

interface ReadDate {
  readonly written: number;
  readonly believed: number;
}

/** The dates of one change: its events have a few thousand. */
class DateMemory {
  readonly #recordedOn: string;
  readonly #known = new Map<number, ReadDate | null>();

  constructor(recordedOn: string) {
    this.#recordedOn = recordedOn;
  }

  /** The date YYYY-MM-DD at a position; null where there is none of the calendar. */
  at(bytes: Buffer, at: number): ReadDate | null {
    if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return null;
    let digits = 0;
    let bad = 0;
    for (let offset = 0; offset < DATE_DIGITS; offset += 1) {
      if (offset === 4 || offset === 7) continue;
      const digit = bytes[at + offset]! - 0x30;
      bad |= digit & ~15;
      if (digit > 9) bad = 1;
      digits = digits * 10 + digit;
    }
    if (bad !== 0) return null;
    let known = this.#known.get(digits);
    if (known === undefined) {
      known = this.#read(digits);
      this.#known.set(digits, known);
    }
    return known;
  }

  #read(digits: number): ReadDate | null {
    const date = {
      year: Math.floor(digits / 10_000),
      month: Math.floor(digits / 100) % 100,
      day: digits % 100,
    };
    if (!isRealDate(date)) return null;
    const believed = believedDate({ date: isoDate(date), recordedOn: this.#recordedOn });
    const written = dayOfDate(date);
    return { written, believed: believed === null ? NO_DAY : written };
  }
}

/** Eight hexadecimal digits as a word, its bytes in little-endian order; negative where one is no digit. */
function wordAt(bytes: Buffer, at: number): number {
  const b0 = (HEX[bytes[at]!]! << 4) | HEX[bytes[at + 1]!]!;
  const b1 = (HEX[bytes[at + 2]!]! << 4) | HEX[bytes[at + 3]!]!;
  const b2 = (HEX[bytes[at + 4]!]! << 4) | HEX[bytes[at + 5]!]!;
  const b3 = (HEX[bytes[at + 6]!]! << 4) | HEX[bytes[at + 7]!]!;
  if ((b0 | b1 | b2 | b3) > 255) return -1;
  return (b0 | (b1 << 8) | (b2 << 16) | (b3 << 24)) >>> 0;
}

function dayOf(date: string): number {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return isRealDate({ year, month, day }) ? dayOfDate({ year, month, day }) : NO_DAY;
}

function startsWith(bytes: Buffer, at: number, word: Buffer): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
}
