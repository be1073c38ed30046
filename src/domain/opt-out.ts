/**
 * Opt-outs: the result of a person's events. Rules: domain reference, section 4. The codes that record
 * events in a record are in opt-out-codes.ts.
 */
import { isoDate, parseDate } from './date-format.ts';
import type { ReasonName } from './held-reason.ts';

/**
 * The types that every pipeline has sources of, or waives.
 *
 * - type-1: nothing identifiable leaves the GP practice; acts on GP rows
 * - type-2: nothing about the person is released, from any provider
 * - national: replaced type 2 on 25 May 2018, with the same effect
 */
export const OPT_OUT_TYPES = ['type-1', 'type-2', 'national'] as const;
/** Every reason that is recorded with events follows the same rule: these types, those that a pipeline file declares, and protections. */
export type OptOutType = ReasonName;
export type OptOutKind = 'registered' | 'withdrawn';

/** @typeParam Type names of types; a pipeline may declare others besides those that every one has */
export interface OptOutEvent<Type extends string = OptOutType> {
  readonly type: Type;
  readonly kind: OptOutKind;
  /** YYYY-MM-DD; null where the record has no date */
  readonly date: string | null;
}

/**
 * No dissent from secondary uses was recorded before this day: type 2 is in force from 2016, national from 2018, and type 1
 * is hardly older. The bound is early; where it is wrong, somebody stays opted out. It covers every placeholder:
 * HES null (1800-01-01) and invalid (1801-01-01), 1811-11-11, TPP's 1900-01-01, and the first days of computers' calendars.
 */
export const EARLIEST_OPT_OUT_DATE = '2000-01-01';

/**
 * How the date of an event is judged on the run date.
 *
 * - past: on or before the run date
 * - coming: within a year after it; the event counts from that day on
 * - absent: no date, or none that the calendar has
 * - unbelievable: a placeholder, before the first possible event, or more than a year after the run date; treated as absent
 */
export type OptOutDateStatus = 'past' | 'coming' | 'absent' | 'unbelievable';

/** Judges the date of an opt-out event (YYYY-MM-DD or null) on the run date (YYYY-MM-DD). */
export function judgeOptOutDate(date: string | null, runDate: string): OptOutDateStatus {
  const real = realDate(date);
  if (real === null) return 'absent';
  if (real < EARLIEST_OPT_OUT_DATE) return 'unbelievable';
  if (real <= runDate) return 'past';
  return real <= aYearAfter(runDate) ? 'coming' : 'unbelievable';
}

/**
 * The opt-outs in force on the run date (YYYY-MM-DD). A withdrawal ends an opt-out of its own type only.
 *
 * The latest-dated event of a type wins, and a registration wins a tie. Where a date is missing, is no real date or cannot be
 * trusted, the person stays opted out: such a registration is in force whatever else is recorded, and such a withdrawal
 * is ignored. Events of the year after the run date have not happened yet.
 */
export function optOutsInForce<Type extends string>(
  events: readonly OptOutEvent<Type>[],
  runDate: string,
): ReadonlySet<Type> {
  const types = new Set(events.map((event) => event.type));
  return new Set(
    [...types].filter((type) =>
      isInForce(
        events.filter((event) => event.type === type),
        runDate,
      ),
    ),
  );
}

/** Whether any opt-out is in force on the run date. */
export function isOptedOut(events: readonly OptOutEvent<string>[], runDate: string): boolean {
  return optOutsInForce(events, runDate).size > 0;
}

/** Whether the events of one type leave the person opted out. */
function isInForce(events: readonly OptOutEvent<string>[], runDate: string): boolean {
  const of = (kind: OptOutKind, ...statuses: OptOutDateStatus[]) =>
    events.filter((event) => event.kind === kind && statuses.includes(judgeOptOutDate(event.date, runDate)));
  if (of('registered', 'absent', 'unbelievable').length > 0) return true;
  const latest = (kind: OptOutKind) =>
    of(kind, 'past')
      .map(({ date }) => date!)
      .sort()
      .at(-1);
  const registered = latest('registered');
  const withdrawn = latest('withdrawn');
  return registered !== undefined && (withdrawn === undefined || withdrawn <= registered);
}

/** The same day of the next year; 29 February becomes a text that sorts between 28 February and 1 March. */
function aYearAfter(date: string): string {
  return `${String(Number(date.slice(0, 4)) + 1).padStart(4, '0')}${date.slice(4)}`;
}

/** The real dates of texts. The events of millions have a few thousand dates, and each is asked for several times. */
const REAL_DATES = new Map<string, string | null>();
/** More texts than these are no dates of opt-outs: there are 10,000 days in 27 years. */
const MOST_DATES = 2 ** 16;

/** The date if the calendar has it, as YYYY-MM-DD; else null, as for a missing date. */
function realDate(date: string | null): string | null {
  if (date === null) return null;
  const known = REAL_DATES.get(date);
  if (known !== undefined) return known;
  const parsed = parseDate(date, '%Y-%m-%d');
  const real = parsed === null ? null : isoDate(parsed);
  if (REAL_DATES.size < MOST_DATES) REAL_DATES.set(date, real);
  return real;
}
