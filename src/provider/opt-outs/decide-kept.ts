import { dateOfDay } from '../../domain/day-number.ts';
import type { OptOutEvent, OptOutType } from '../../domain/opt-out.ts';
import { countedEvent, type RecordedEvent, recordedInForce } from '../../domain/recorded-opt-out.ts';
import { NO_DAY, REGISTERED, type RegisterEvents } from '../../governance/register/read-register.ts';
import { type TokenText, tokenText } from '../../store/token-text.ts';
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

/** Words of a token. */
const WORDS = 4;
/** 0001-01-01, the first day of a date of four digits, and the bits in which all days since then have room. */
const FIRST_DAY = -719_162;
const RECORDED_BITS = 22;

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
  const isRepeated = repeatedEvents(register);
  const decided = typeNames.map(() => new Uint32Array(0));
  const sizes = new Uint32Array(typeNames.length);
  for (let row = 0; row < count; row += 1) sizes[types[row]!]! += 1;
  for (const type of typeNames.keys()) decided[type] = new Uint32Array(sizes[type]! * WORDS);
  sizes.fill(0);
  const events: KeptOptOuts['events'][number][] = [];
  for (let row = 0; row < count; row += 1) {
    const word = row * WORDS;
    const [w0, w1, w2, w3] = [tokens[word]!, tokens[word + 1]!, tokens[word + 2]!, tokens[word + 3]!];
    const verdict = verdicts.of(row);
    verdict.times += 1;
    if (isRepeated[row] === 1 || shared.has(w0, w1, w2, w3)) {
      const token = tokenText(new Uint8Array(tokens.buffer, tokens.byteOffset + word * 4, WORDS * 4));
      events.push({ nhsNumber: current(token) ?? token, event: verdict.counted });
    } else if (verdict.inForce) {
      const type = types[row]!;
      const at = sizes[type]! * WORDS;
      const words = decided[type]!;
      words[at] = w0;
      words[at + 1] = w1;
      words[at + 2] = w2;
      words[at + 3] = w3;
      sizes[type]! += 1;
    }
  }
  return {
    decided: typeNames.map((name, type) => ({
      type: name as OptOutType,
      words: decided[type]!.slice(0, sizes[type]! * WORDS),
    })),
    events,
    dated: verdicts.all(),
  };
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

/** What the rule of the domain says of single events: there are millions, with a few thousand days. */
class Verdicts {
  readonly #register: RegisterEvents;
  readonly #runDate: string;
  /** by type and kind, then by the days */
  readonly #known: Map<number, Verdict>[] = [];

  constructor(register: RegisterEvents, runDate: string) {
    this.#register = register;
    this.#runDate = runDate;
    for (let index = register.typeNames.length * 2; index > 0; index -= 1) this.#known.push(new Map());
  }

  of(row: number): Verdict {
    const { types, kinds, writtenDays, recordedDays } = this.#register;
    const known = this.#known[types[row]! * 2 + (kinds[row] === REGISTERED ? 0 : 1)]!;
    const key = writtenDays[row]! * 2 ** RECORDED_BITS + recordedDays[row]! - FIRST_DAY;
    const found = known.get(key);
    if (found !== undefined) return found;
    const verdict = this.#judge(row);
    known.set(key, verdict);
    return verdict;
  }

  all(): Verdict[] {
    return this.#known.flatMap((one) => [...one.values()]);
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

/** Of each event, 1 if there is another of the same token and type. */
function repeatedEvents({ count, tokens, types }: RegisterEvents): Uint8Array {
  const isRepeated = new Uint8Array(count);
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, count * 2)));
  // rows from 1, 0 where there is none; tokens are hashes, so that their first word is spread evenly
  const slots = new Int32Array(size);
  for (let row = 0; row < count; row += 1) {
    const word = row * WORDS;
    const type = types[row]!;
    for (let slot = (tokens[word]! + type) & (size - 1); ; slot = (slot + 1) & (size - 1)) {
      const other = slots[slot]! - 1;
      if (other === -1) {
        slots[slot] = row + 1;
        break;
      }
      if (types[other] === type && isSameToken(tokens, word, other * WORDS)) {
        isRepeated[row] = 1;
        isRepeated[other] = 1;
        break;
      }
    }
  }
  return isRepeated;
}

function isSameToken(tokens: Uint32Array, a: number, b: number): boolean {
  return (
    tokens[a] === tokens[b] &&
    tokens[a + 1] === tokens[b + 1] &&
    tokens[a + 2] === tokens[b + 2] &&
    tokens[a + 3] === tokens[b + 3]
  );
}
