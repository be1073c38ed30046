import type { OptOutEvent, OptOutType } from '../../domain/opt-out.ts';
import {
  type KeptRegister,
  type OptOutTally,
  type PracticeCounts,
  packPractices,
} from '../../domain/opt-out-tally.ts';
import type { TokenText } from '../../store/token-text.ts';
import { TOKEN_WORDS } from '../../store/word-order.ts';
import type { KeptOptOuts } from './decide-kept.ts';
import type { SourceOptOuts } from './opt-out-owners.ts';
import type { OptOutsInForce } from './timelines.ts';

/** The events of one list, each under the token of an NHS number. */
interface TalliedList {
  readonly name: string;
  readonly events: readonly { readonly nhsNumber: TokenText; readonly event: OptOutEvent }[];
}

/** Origin and name of the kept register's events: those of a register that is a list, so that the one may take the place of the other. */
const REGISTER = 'list/register';

/** The kept register: it is read in columns, and counted where it is read. */
export interface TalliedRegister {
  readonly state: KeptRegister;
  /** the events of people who have others as well */
  readonly shared: TalliedList['events'];
  /** by type */
  readonly events: Readonly<Record<string, number>>;
  /** its tokens with an opt-out in force and without any other event, each once */
  readonly decided: KeptOptOuts['decided'];
}

/** Persons with an event in the register whose opt-out is in force, by type. */
function registerInForce(
  { decided }: TalliedRegister,
  shared: Readonly<Record<string, number>>,
): Record<string, number> {
  const counts: Record<string, number> = { ...shared };
  for (const { type, words } of decided) {
    const key = `${REGISTER}/${type}`;
    counts[key] = (counts[key] ?? 0) + words.length / TOKEN_WORDS;
  }
  return counts;
}

/** The events of one source, and under which token each of them counts, in their order. */
interface TalliedSource extends Pick<SourceOptOuts, 'events' | 'practiceOf'> {
  readonly source: string;
  readonly persons: readonly TokenText[];
}

/**
 * Counts events, and persons with an opt-out in force, by origin, source, type and practice.
 *
 * A person with events of two origins counts for both. A practice of the delivery without any opt-out has zeros, so that it differs from
 * one that was not delivered.
 *
 * @param practices by source, every practice of the delivery
 * @param register the kept register; null where the pipeline file names none
 */
export function tallyOptOuts(
  lists: readonly TalliedList[],
  sources: readonly TalliedSource[],
  practices: ReadonlyMap<string, ReadonlySet<string>>,
  { nhsNumbers, patients }: OptOutsInForce,
  register: TalliedRegister | null,
): OptOutTally {
  const inForce = new Map(
    [...nhsNumbers.keys(), ...patients.keys()].map((type) => [
      type,
      new Set([...(nhsNumbers.get(type) ?? []), ...(patients.get(type) ?? [])]),
    ]),
  );
  const isInForce = (type: OptOutType, person: TokenText) => inForce.get(type)?.has(person) === true;
  const events = new Counter();
  const persons = new PersonCounter();
  for (const { name, events: each } of lists) {
    for (const { nhsNumber, event } of each) {
      const key = `list/${name}/${event.type}`;
      events.add(key);
      if (isInForce(event.type, nhsNumber)) persons.add(key, nhsNumber);
    }
  }
  for (const one of sources) {
    for (const [index, { event, origin }] of one.events.entries()) {
      const key = `${origin}/${one.source}/${event.type}`;
      events.add(key);
      const person = one.persons[index]!;
      if (isInForce(event.type, person)) persons.add(key, person);
    }
  }
  for (const [type, count] of Object.entries(register?.events ?? {}))
    events.add(`${REGISTER}/${type}`, count);
  for (const { nhsNumber, event } of register?.shared ?? []) {
    if (isInForce(event.type, nhsNumber)) persons.add(`${REGISTER}/${event.type}`, nhsNumber);
  }
  return {
    events: events.counts(),
    inForce: register === null ? persons.counts() : registerInForce(register, persons.counts()),
    practices: Object.fromEntries(
      sources.flatMap((one): [string, PracticeCounts][] => {
        const names = practices.get(one.source);
        return names === undefined ? [] : [[one.source, tallyPractices(one, names, isInForce)]];
      }),
    ),
    register: register === null ? null : stateOf(register.state),
  };
}

/** What later nights are compared with: the day of the last change is judged by itself. */
function stateOf({ changes, events, digest }: KeptRegister): KeptRegister {
  return { changes, events, digest };
}

function tallyPractices(
  { events, persons, practiceOf }: TalliedSource,
  names: ReadonlySet<string>,
  isInForce: (type: OptOutType, person: TokenText) => boolean,
): PracticeCounts {
  const byPractice = new Map(
    [...names].map((name) => [name, { events: new Counter(), persons: new PersonCounter() }]),
  );
  const kinds = new Set<string>();
  for (const [index, { owner, event, origin }] of events.entries()) {
    const practice = 'patient' in owner ? practiceOf.get(owner.patient) : undefined;
    const counted = practice === undefined ? undefined : byPractice.get(practice);
    if (counted === undefined) continue; // of nobody in the patients table: found and judged elsewhere (`unmatched`)
    const [kind, standing] = [`${origin}/${event.type}`, `in-force/${event.type}`];
    kinds.add(kind).add(standing);
    counted.events.add(kind);
    const person = persons[index]!;
    if (isInForce(event.type, person)) counted.persons.add(standing, person);
  }
  const sorted = [...kinds].sort();
  return packPractices(
    sorted,
    new Map(
      [...byPractice].map(([name, counted]) => {
        const each: Readonly<Record<string, number>> = {
          ...counted.events.counts(),
          ...counted.persons.counts(),
        };
        return [name, sorted.map((kind) => each[kind] ?? 0)];
      }),
    ),
  );
}

/** Counts by key. */
class Counter {
  readonly #counts = new Map<string, number>();

  add(key: string, count = 1): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  counts(): Record<string, number> {
    return sortedRecord([...this.#counts]);
  }
}

/** Distinct persons by key. */
class PersonCounter {
  readonly #persons = new Map<string, Set<TokenText>>();

  add(key: string, person: TokenText): void {
    const met = this.#persons.get(key);
    if (met === undefined) this.#persons.set(key, new Set([person]));
    else met.add(person);
  }

  counts(): Record<string, number> {
    return sortedRecord([...this.#persons].map(([key, { size }]) => [key, size]));
  }
}

function sortedRecord(entries: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
