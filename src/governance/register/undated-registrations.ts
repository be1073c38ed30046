import { dateOfDay } from '../../domain/day-number.ts';
import { believedDate, type RecordedEvent, recordedInForce } from '../../domain/recorded-opt-out.ts';
import { NO_DAY, REGISTERED, type RegisterEvents } from './read-register.ts';

type Columns = Pick<RegisterEvents, 'count' | 'tokens' | 'types' | 'kinds' | 'writtenDays' | 'typeNames'>;

/** Registrations of a list whose day cannot be believed, and whether the register still has them in force. */
export class UndatedRegistrations {
  readonly #events: Columns;
  readonly #today: string;
  /** by token and type, the events of the register, of those whom the list has without a day */
  readonly #known = new Map<string, RecordedEvent[]>();

  /** @param today YYYY-MM-DD: the day on which the list is recorded */
  constructor(register: RegisterEvents, events: Columns, today: string) {
    this.#events = events;
    this.#today = today;
    for (let row = 0; row < events.count; row += 1)
      if (this.#isUndated(row)) this.#known.set(keyOf(events, row), []);
    if (this.#known.size === 0) return;
    for (let row = 0; row < register.count; row += 1) {
      const of = this.#known.get(keyOf(register, row));
      if (of === undefined) continue;
      of.push({
        type: register.typeNames[register.types[row]!]!,
        kind: register.kinds[row] === REGISTERED ? 'registered' : 'withdrawn',
        date: dateOf(register.writtenDays[row]!),
        recordedOn: dateOfDay(register.recordedDays[row]!),
      });
    }
  }

  /** True of such a registration that the register has, and that a withdrawal has ended; once for each person and type. */
  isEnded(row: number): boolean {
    if (!this.#isUndated(row)) return false;
    const key = keyOf(this.#events, row);
    const known = this.#known.get(key)!;
    const type = this.#events.typeNames[this.#events.types[row]!]!;
    if (known.length === 0 || recordedInForce(known, this.#today).has(type)) return false;
    known.push({ type, kind: 'registered', date: null, recordedOn: this.#today });
    return true;
  }

  #isUndated(row: number): boolean {
    if (this.#events.kinds[row] !== REGISTERED) return false;
    return believedDate({ date: dateOf(this.#events.writtenDays[row]!), recordedOn: this.#today }) === null;
  }
}

function keyOf({ tokens, types, typeNames }: Columns, row: number): string {
  return `${tokens.subarray(row * 4, row * 4 + 4).join()} ${typeNames[types[row]!]!}`;
}

function dateOf(day: number): string | null {
  return day === NO_DAY ? null : dateOfDay(day);
}
