import { dateOfDay } from '../../domain/day-number.ts';
import type { RecordedEvent } from '../../domain/recorded-opt-out.ts';
import { NO_DAY, type RegisterEvents, WITHDRAWN } from '../register/read-register.ts';
import { WORDS, WordIndex } from './token-words.ts';

/** As much of a register as its histories need. */
export type EventColumns = Pick<
  RegisterEvents,
  'count' | 'tokens' | 'types' | 'kinds' | 'days' | 'recordedDays' | 'typeNames'
>;

/** The events of a register, person by person. */
export class OptOutHistories {
  /** how many persons have any event */
  readonly persons: number;
  /** four words of the token of each person, in the order in which they were first recorded */
  readonly tokens: Uint32Array;
  readonly #events: EventColumns;
  /** the last event of each person, and of each event the one before it of the same person; -1 for none */
  readonly #last: Int32Array;
  readonly #before: Int32Array;
  /** the days of millions of events are a few thousand */
  readonly #dates = new Map<number, string>();

  constructor(events: EventColumns) {
    const { tokens, count } = events;
    const distinct = new Uint32Array(count * WORDS);
    const index = new WordIndex(distinct, count);
    this.#last = new Int32Array(count).fill(-1);
    this.#before = new Int32Array(count);
    let persons = 0;
    for (let event = 0; event < count; event += 1) {
      const at = event * WORDS;
      const w0 = tokens[at]!;
      const w1 = tokens[at + 1]!;
      const w2 = tokens[at + 2]!;
      const w3 = tokens[at + 3]!;
      let person = index.find(w0, w1, w2, w3);
      if (person < 0) {
        person = persons;
        persons += 1;
        const to = person * WORDS;
        distinct[to] = w0;
        distinct[to + 1] = w1;
        distinct[to + 2] = w2;
        distinct[to + 3] = w3;
        index.put(person);
      }
      this.#before[event] = this.#last[person]!;
      this.#last[person] = event;
    }
    this.persons = persons;
    this.tokens = distinct.subarray(0, persons * WORDS);
    this.#events = events;
  }

  /** The events of a person by their type, in the order in which they were recorded. */
  of(person: number): ReadonlyMap<string, readonly RecordedEvent[]> {
    const { types, typeNames, kinds, days, recordedDays } = this.#events;
    const byType = new Map<string, RecordedEvent[]>();
    for (let event = this.#last[person]!; event >= 0; event = this.#before[event]!) {
      const type = typeNames[types[event]!]!;
      const own = byType.get(type) ?? [];
      own.unshift({
        type,
        kind: kinds[event] === WITHDRAWN ? 'withdrawn' : 'registered',
        date: days[event] === NO_DAY ? null : this.#dateOf(days[event]!),
        recordedOn: this.#dateOf(recordedDays[event]!),
      });
      byType.set(type, own);
    }
    return byType;
  }

  #dateOf(day: number): string {
    let date = this.#dates.get(day);
    if (date === undefined) {
      date = dateOfDay(day);
      this.#dates.set(day, date);
    }
    return date;
  }
}
