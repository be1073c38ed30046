import { parseDate } from '../../domain/date-format.ts';
import { dayOfDate } from '../../domain/day-number.ts';
import type { NhsNumber } from '../../domain/nhs-number.ts';
import { NO_DAY, REGISTERED, WITHDRAWN } from '../../governance/register/read-register.ts';
import type { NewEvents } from '../../governance/register/record-events.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { tokensOfNumbers } from '../tokenise/number-tokens.ts';
import type { ReadList } from './read-laid-out-list.ts';

/** The events of a list as the register takes them. */
export interface ListedEvents {
  readonly events: NewEvents;
  /** events with a date that the calendar does not have, such as 2020-02-30: they have none in the register */
  readonly impossibleDates: number;
}

/**
 * Turns the events of a list into columns, with tokens in place of NHS numbers.
 *
 * @param superseded superseded NHS numbers, each with the one that replaces it: events are recorded under the current one
 */
export function listedEvents(
  entries: ReadList['entries'],
  superseded: ReadonlyMap<NhsNumber, NhsNumber>,
  linkageKey: KeyRing,
): ListedEvents {
  const count = entries.length;
  const typeNames: string[] = [...new Set(entries.map(({ event }) => event.type))];
  const types = new Uint8Array(count);
  const kinds = new Uint8Array(count);
  const writtenDays = new Int32Array(count);
  const days = new Map<string | null, number>([[null, NO_DAY]]);
  let impossibleDates = 0;
  for (const [row, { event }] of entries.entries()) {
    types[row] = typeNames.indexOf(event.type);
    kinds[row] = event.kind === 'registered' ? REGISTERED : WITHDRAWN;
    let day = days.get(event.date);
    if (day === undefined) {
      const date = parseDate(event.date, '%Y-%m-%d');
      day = date === null ? NO_DAY : dayOfDate(date);
      days.set(event.date, day);
    }
    if (day === NO_DAY && event.date !== null) impossibleDates += 1;
    writtenDays[row] = day;
  }
  const numbers = entries.map(({ nhsNumber }) => superseded.get(nhsNumber) ?? nhsNumber);
  const tokens = tokensOfNumbers(numbers, linkageKey);
  return { events: { count, tokens, types, kinds, writtenDays, typeNames }, impossibleDates };
}
