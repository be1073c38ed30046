import { dateOfDay } from '../../domain/day-number.ts';
import { changeLog } from '../log/append-to-log.ts';
import type { LogHead } from '../log/head.ts';
import { momentOf } from '../log/log-form.ts';
import { EventSet } from './event-set.ts';
import { eventsOf, type PersonEvent, type RegisterPlace } from './find-person.ts';
import { keepIndex, renewIndex } from './keep-index.ts';
import { NO_DAY, REGISTER, REGISTERED, type RegisterEvents, registerEvents } from './read-register.ts';
import { type RegisterEvent, registerLine } from './register-line.ts';
import { UndatedRegistrations } from './undated-registrations.ts';

/** Who records something, and what says so. Checked for identifiers by the caller: it is stored as it is. */
export interface Recording {
  /** the command that records it */
  readonly command: string;
  readonly by: string;
  /** null where none is named */
  readonly document: string | null;
  readonly now: () => Date;
  readonly notice: (message: string) => void;
}

/** What was recorded, and how far the register goes now. */
export interface Recorded {
  readonly head: LogHead;
  /** the number of events that were added */
  readonly added: number;
}

/**
 * Records what `decide` makes of a person's events, under the register's lock: nothing is recorded by others in between.
 *
 * @param tokens of the person's NHS numbers; the first is that of the current number, under which the new events are recorded
 */
export async function recordForPerson(
  place: RegisterPlace,
  recording: Recording,
  tokens: readonly Uint8Array[],
  decide: (events: readonly PersonEvent[]) => readonly Omit<RegisterEvent, 'token'>[],
): Promise<Recorded> {
  const token = Buffer.from(tokens[0]!).toString('hex');
  return await record(place, recording, (log) => {
    const events = decide(eventsOf(log.changes, tokens, place.shownAs));
    return events.map((event) => registerLine({ token, ...event }));
  });
}

/** Events that are to be recorded, in columns as in `RegisterEvents`. */
export type NewEvents = Pick<
  RegisterEvents,
  'count' | 'tokens' | 'types' | 'kinds' | 'writtenDays' | 'typeNames'
>;

/**
 * Records every event that the register does not have yet, each once, in one change: all of them or none.
 *
 * A registration without a day counts from the day on which it was recorded. Where a withdrawal has ended it since, a list that still
 * has it says that the person has opted out: it is recorded anew, and counts from today.
 */
export async function recordNew(
  place: RegisterPlace,
  recording: Recording,
  events: NewEvents,
): Promise<Recorded> {
  return await record(place, recording, (log) => {
    const known = registerEvents(log, place.shownAs);
    const typeNames = [...new Set([...known.typeNames, ...events.typeNames])];
    const seen = new EventSet(known.count + events.count);
    const add = (of: NewEvents, row: number, types: readonly number[]) =>
      seen.add({
        tokens: of.tokens,
        row,
        type: types[of.types[row]!]!,
        kind: of.kinds[row]!,
        day: of.writtenDays[row]!,
      });
    const typesIn = (of: NewEvents) => of.typeNames.map((name) => typeNames.indexOf(name));
    const [knownTypes, newTypes] = [typesIn(known), typesIn(events)];
    for (let row = 0; row < known.count; row += 1) add(known, row, knownTypes);
    const bytes = Buffer.from(events.tokens.buffer, events.tokens.byteOffset, events.tokens.byteLength);
    const dates = new Map<number, string | null>([[NO_DAY, null]]);
    const undated = new UndatedRegistrations(known, events, momentOf(recording.now()).slice(0, 10));
    const lines: string[] = [];
    for (let row = 0; row < events.count; row += 1) {
      if (!add(events, row, newTypes) && !undated.isEnded(row)) continue;
      const day = events.writtenDays[row]!;
      if (!dates.has(day)) dates.set(day, dateOfDay(day));
      lines.push(
        registerLine({
          token: bytes.toString('hex', row * 16, row * 16 + 16),
          type: events.typeNames[events.types[row]!]!,
          kind: events.kinds[row] === REGISTERED ? 'registered' : 'withdrawn',
          date: dates.get(day)!,
        }),
      );
    }
    return lines;
  });
}

/** Reads the register whole, and renews its head and its index. */
export async function renewRegister(
  place: RegisterPlace,
  { now, notice }: Pick<Recording, 'now' | 'notice'>,
): Promise<void> {
  await changeLog(
    place.file,
    { kind: REGISTER, key: place.key, shownAs: place.shownAs, now, notice },
    () => null,
    () => renewIndex(place),
  );
}

async function record(
  place: RegisterPlace,
  { command, by, document, now, notice }: Recording,
  linesOf: (log: Parameters<Parameters<typeof changeLog>[2]>[0]) => readonly string[],
): Promise<Recorded> {
  let added = 0;
  const { head } = await changeLog(
    place.file,
    { kind: REGISTER, key: place.key, shownAs: place.shownAs, now, notice },
    (log) => {
      const lines = linesOf(log);
      added = lines.length;
      if (added === 0) return null;
      const header = { command, by, ...(document === null ? {} : { document }) };
      return { header, lines: piecesOf(lines) };
    },
    (log, after) => keepIndex(place, log, after),
  );
  return { head, added };
}

const LINES_A_PIECE = 65_536;

/** Lines as bytes, a piece at a time: a text of a million lines would be longer than a text may be one day. */
function piecesOf(lines: readonly string[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < lines.length; from += LINES_A_PIECE)
    pieces.push(Buffer.from(lines.slice(from, from + LINES_A_PIECE).join(''), 'latin1'));
  return pieces;
}
