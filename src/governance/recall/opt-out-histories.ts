import type { RegisteredEvent } from '../../domain/in-force-since.ts';
import { WORDS, WordIndex } from './token-words.ts';

/** The events of a register, in the order in which they were recorded: an entry an event in each array. */
export interface EventColumns {
  /** the token of the person's NHS number: four 32-bit words, read little-endian */
  readonly tokens: Uint32Array;
  /** the type, as an index into `typeNames` */
  readonly types: Uint8Array | Uint16Array | Int32Array;
  /** 1 for a withdrawal, 0 for a registration */
  readonly withdrawn: Uint8Array;
  /** YYYY-MM-DD of the day from which an event is meant to count; null where nobody gave one */
  readonly dateOf: (event: number) => string | null;
  /** YYYY-MM-DD of the day on which it was recorded */
  readonly recordedOf: (event: number) => string;
  readonly typeNames: readonly string[];
}

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

  constructor(events: EventColumns) {
    const { tokens } = events;
    const count = tokens.length / WORDS;
    const distinct = new Uint32Array(tokens.length);
    const index = new WordIndex(distinct, count);
    this.#last = new Int32Array(count).fill(-1);
    this.#before = new Int32Array(count);
    let persons = 0;
    for (let event = 0; event < count; event += 1) {
      const at = event * WORDS;
      const [w0, w1, w2, w3] = [tokens[at]!, tokens[at + 1]!, tokens[at + 2]!, tokens[at + 3]!];
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

  /** The events of a person by the name of their type, in the order in which they were recorded. */
  of(person: number): ReadonlyMap<string, readonly RegisteredEvent[]> {
    const { types, typeNames, withdrawn, dateOf, recordedOf } = this.#events;
    const byType = new Map<string, RegisteredEvent[]>();
    for (let event = this.#last[person]!; event >= 0; event = this.#before[event]!) {
      const type = typeNames[types[event]!]!;
      const own = byType.get(type) ?? [];
      own.unshift({
        kind: withdrawn[event] === 1 ? 'withdrawn' : 'registered',
        date: dateOf(event),
        recorded: recordedOf(event),
      });
      byType.set(type, own);
    }
    return byType;
  }
}
