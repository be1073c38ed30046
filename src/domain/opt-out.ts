/**
 * Opt-outs: what a person's events come to. Rules: domain reference, section 4. The codes that stand for
 * events in a record are in opt-out-codes.ts.
 */
import { isoDate, parseDate } from './date-format.ts';

/**
 * - type-1: nothing identifiable leaves the GP practice; acts on GP rows
 * - type-2: nothing about the person is released, from any provider
 * - national: replaced type 2 on 25 May 2018, with the same effect
 */
export type OptOutType = 'type-1' | 'type-2' | 'national';
export type OptOutKind = 'registered' | 'withdrawn';

export interface OptOutEvent {
  readonly type: OptOutType;
  readonly kind: OptOutKind;
  /** YYYY-MM-DD; null where the record does not say when */
  readonly date: string | null;
}

/**
 * The opt-outs that stand on the run date (YYYY-MM-DD). A withdrawal ends an opt-out of its own type only.
 *
 * The latest-dated event of a type wins, and a registration wins a tie. Where a date is missing or is not a
 * real date, the reading that keeps the person opted out is taken: such a registration stands whatever else
 * is recorded, and such a withdrawal counts for nothing. Events after the run date have not happened yet.
 */
export function standingOptOuts(events: readonly OptOutEvent[], runDate: string): ReadonlySet<OptOutType> {
  const types = new Set(events.map((event) => event.type));
  return new Set(
    [...types].filter((type) =>
      stands(
        events.filter((event) => event.type === type),
        runDate,
      ),
    ),
  );
}

/** Whether any opt-out stands on the run date. */
export function isOptedOut(events: readonly OptOutEvent[], runDate: string): boolean {
  return standingOptOuts(events, runDate).size > 0;
}

/** Whether the events of one type leave the person opted out. */
function stands(events: readonly OptOutEvent[], runDate: string): boolean {
  const dates = (kind: OptOutKind) =>
    events.filter((event) => event.kind === kind).map((event) => realDate(event.date));
  const latest = (kind: OptOutKind) =>
    dates(kind)
      .filter((date): date is string => date !== null && date <= runDate)
      .sort()
      .at(-1);
  if (dates('registered').includes(null)) return true;
  const registered = latest('registered');
  const withdrawn = latest('withdrawn');
  return registered !== undefined && (withdrawn === undefined || withdrawn <= registered);
}

/** The date if the calendar has it, as YYYY-MM-DD; else null, like no date at all. */
function realDate(date: string | null): string | null {
  const parsed = parseDate(date, '%Y-%m-%d');
  return parsed === null ? null : isoDate(parsed);
}
