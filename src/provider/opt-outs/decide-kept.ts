import { dateOfDay } from '../../domain/day-number.ts';
import type { OptOutEvent, OptOutType } from '../../domain/opt-out.ts';
import { countedEvent, type RecordedEvent, recordedInForce } from '../../domain/recorded-opt-out.ts';
import { NO_DAY, REGISTERED, type RegisterEvents } from '../../governance/register/read-register.ts';
import { type TokenText, tokenText } from '../../store/token-text.ts';
import { compareTokens, inWordOrder, TOKEN_WORDS } from '../../store/word-order.ts';
import type { TokenSet } from '../tokenise/token-set.ts';

/** Tokens of NHS numbers with an opt-out of one type in force. */
export interface DecidedTokens {
  readonly type: OptOutType;
  /** four words a token, its bytes read little-endian */
  readonly words: Uint32Array<ArrayBuffer>;
}

/** The kept register on the run date. */
export interface KeptOptOuts {
  /** by type, of people with one event of that type and no event of another origin */
  readonly decided: readonly DecidedTokens[];
  /** the events of all others: for their timelines */
  readonly events: readonly { readonly nhsNumber: TokenText; readonly event: OptOutEvent }[];
  /** events by what they say, for judgements of their dates */
  readonly dated: readonly { readonly event: OptOutEvent; readonly times: number }[];
}

/**
 * Decides the kept register. A person's events of one type are judged together, and a type by itself: so one event alone is decided by
 * the rule of the domain, once for all events of its kind, date and day of recording. Nobody needs a text for it.
 *
 * @param shared tokens of people with events of other origins, and of superseded numbers and their current ones
 * @param current the token of the current number of a superseded one; null for any other
 */
export function decideKept(
  register: RegisterEvents,
  shared: TokenSet,
  current: (token: TokenText) => TokenText | null,
  runDate: string,
): KeptOptOuts {
  const { count, tokens, types, typeNames } = register;
  const verdicts = new Verdicts(register, runDate);
  const sizes = typeNames.map(() => 0);
  const isInForce = new Uint8Array(count);
  // in the order of rows, as they lie in memory: in that of tokens each is far from the one before
  for (let row = 0; row < count; row += 1) {
    const verdict = verdicts.of(row);
    verdict.times += 1;
    if (!verdict.inForce) continue;
    isInForce[row] = 1;
    sizes[types[row]!]! += 1;
  }
  const decided = sizes.map((size) => new DecidedWords(size));
  const events: KeptOptOuts['events'][number][] = [];
  const order = inWordOrder(tokens);
  for (let from = 0; from < count; ) {
    const first = order[from]!;
    let to = from + 1;
    while (to < count && compareTokens(tokens, first, order[to]!) === 0) to += 1;
    const word = first * TOKEN_WORDS;
    const isShared = shared.has(tokens[word]!, tokens[word + 1]!, tokens[word + 2]!, tokens[word + 3]!);
    for (let index = from; index < to; index += 1) {
      const row = order[index]!;
      if (isShared || (to - from > 1 && hasAnother(order.subarray(from, to), row, types))) {
        const token = tokenText(new Uint8Array(tokens.buffer, tokens.byteOffset + word * 4, TOKEN_WORDS * 4));
        events.push({ nhsNumber: current(token) ?? token, event: verdicts.of(row).counted });
      } else if (isInForce[row] === 1) decided[types[row]!]!.add(tokens, word);
    }
    from = to;
  }
  return {
    decided: decided.map((words, type) => ({ type: typeNames[type] as OptOutType, words: words.all() })),
    events,
    dated: verdicts.all(),
  };
}

/** Whether one of these rows, other than this one, has the same type. */
function hasAnother(rows: Uint32Array, row: number, types: Uint8Array): boolean {
  for (const other of rows) if (other !== row && types[other] === types[row]) return true;
  return false;
}

/** Tokens one after another, in memory that is taken once. */
class DecidedWords {
  readonly #words: Uint32Array<ArrayBuffer>;
  #length = 0;

  constructor(most: number) {
    this.#words = new Uint32Array(most * TOKEN_WORDS);
  }

  add(tokens: Uint32Array, word: number): void {
    const to = this.#length;
    this.#words[to] = tokens[word]!;
    this.#words[to + 1] = tokens[word + 1]!;
    this.#words[to + 2] = tokens[word + 2]!;
    this.#words[to + 3] = tokens[word + 3]!;
    this.#length = to + TOKEN_WORDS;
  }

  all(): Uint32Array<ArrayBuffer> {
    return this.#words.subarray(0, this.#length);
  }
}

interface Verdict {
  /** the event as it is written */
  readonly event: OptOutEvent;
  /** as the rule takes it on the run date */
  readonly counted: OptOutEvent;
  /** whether it is in force where it is the only event of its type */
  readonly inForce: boolean;
  times: number;
}

/** Numbers by which verdicts are known: what the event says, its day, and the day of its recording. */
const KEY_NUMBERS = 3;

/**
 * What the rule of the domain says of single events: there are millions, with a few thousand days. They are looked up in open
 * addressing, which takes a fraction of the time of a map.
 */
class Verdicts {
  readonly #register: RegisterEvents;
  readonly #runDate: string;
  readonly #verdicts: Verdict[] = [];
  readonly #keys: number[] = [];
  /** indexes of verdicts from 1; 0 where there is none */
  #slots = new Int32Array(1024);

  constructor(register: RegisterEvents, runDate: string) {
    this.#register = register;
    this.#runDate = runDate;
  }

  of(row: number): Verdict {
    const { types, kinds, writtenDays, recordedDays } = this.#register;
    const says = types[row]! * 2 + (kinds[row] === REGISTERED ? 0 : 1);
    const written = writtenDays[row]!;
    const recorded = recordedDays[row]!;
    const slot = this.#slotOf(says, written, recorded);
    const found = this.#slots[slot]!;
    if (found !== 0) return this.#verdicts[found - 1]!;
    const verdict = this.#judge(row);
    this.#verdicts.push(verdict);
    this.#keys.push(says, written, recorded);
    this.#slots[slot] = this.#verdicts.length;
    if (this.#verdicts.length * 2 > this.#slots.length) this.#grow();
    return verdict;
  }

  all(): readonly Verdict[] {
    return this.#verdicts;
  }

  #slotOf(says: number, written: number, recorded: number): number {
    const mask = this.#slots.length - 1;
    const mixed =
      Math.imul(written, 0x9e3779b1) ^ Math.imul(recorded, 0x85ebca6b) ^ Math.imul(says, 0xc2b2ae35);
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const key = (this.#slots[slot]! - 1) * KEY_NUMBERS;
      if (
        key < 0 ||
        (this.#keys[key] === says && this.#keys[key + 1] === written && this.#keys[key + 2] === recorded)
      )
        return slot;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    for (let index = 0; index < this.#verdicts.length; index += 1) {
      const key = index * KEY_NUMBERS;
      const slot = this.#slotOf(this.#keys[key]!, this.#keys[key + 1]!, this.#keys[key + 2]!);
      this.#slots[slot] = index + 1;
    }
  }

  #judge(row: number): Verdict {
    const { types, kinds, writtenDays, recordedDays, typeNames } = this.#register;
    const written = writtenDays[row]!;
    const event: RecordedEvent = {
      type: typeNames[types[row]!]!,
      kind: kinds[row] === REGISTERED ? 'registered' : 'withdrawn',
      date: written === NO_DAY ? null : dateOfDay(written),
      recordedOn: dateOfDay(recordedDays[row]!),
    };
    const { type, kind, date } = event;
    return {
      event: { type: type as OptOutType, kind, date },
      counted: countedEvent(event, this.#runDate) as OptOutEvent,
      inForce: recordedInForce([event], this.#runDate).has(type),
      times: 0,
    };
  }
}
