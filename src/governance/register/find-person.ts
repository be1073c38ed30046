import { refused } from '../../domain/problem.ts';
import type { RecordedEvent } from '../../domain/recorded-opt-out.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import type { LogHead } from '../log/head.ts';
import { type ChangeHeader, LOG_KINDS } from '../log/log-form.ts';
import type { LogChange } from '../log/next-change.ts';
import { readHeadersAt, readLog, readLogAfter } from '../log/read-log.ts';
import { REGISTER } from './read-register.ts';
import { lookUp } from './register-index.ts';
import { parseRegisterLine, type RegisterEvent, TOKEN_DIGITS } from './register-line.ts';

/** An event of one person, with what is known of its recording. */
export interface PersonEvent extends RecordedEvent {
  /** number of the change in which it was recorded */
  readonly change: number;
  /** YYYY-MM-DDThh:mm:ssZ */
  readonly recordedAt: string;
  /** who recorded it; null where nobody is named */
  readonly by: string | null;
  /** from which document; null where none is named */
  readonly document: string | null;
}

/** Every event of one person in the order of recording, and how far the register went. */
export interface PersonEvents {
  readonly head: LogHead;
  readonly events: readonly PersonEvent[];
  readonly warnings: readonly string[];
}

/** The register of a command. */
export interface RegisterPlace {
  readonly file: string;
  readonly shownAs: string;
  readonly key: KeyRing;
}

/**
 * The events of one person: by the index where it can be believed and the register has not been written to by others, with the
 * changes after the index; else from the register itself, which is then read and checked whole.
 *
 * @param tokens of the person's NHS numbers: the current one, and those that it replaced
 */
export function findPerson(place: RegisterPlace, tokens: readonly Uint8Array[]): PersonEvents {
  return findByIndex(place, tokens) ?? findInWhole(place, tokens);
}

function findByIndex(place: RegisterPlace, tokens: readonly Uint8Array[]): PersonEvents | null {
  const { file, shownAs, key } = place;
  const answer = lookUp(file, key, tokens);
  if (answer === null) return null;
  const settings = { kind: REGISTER, key, shownAs } as const;
  const after = readLogAfter(file, settings, answer.head);
  if (after === null) return null;
  const headers = readHeadersAt(
    file,
    settings,
    answer.events.map(({ headerAt }) => headerAt),
  );
  const indexed = answer.events.map((event, index) => personEvent(event, headers[index]!));
  return {
    head: after.head,
    events: [...indexed, ...eventsOf(after.changes, tokens, shownAs)],
    warnings: [],
  };
}

function findInWhole({ file, shownAs, key }: RegisterPlace, tokens: readonly Uint8Array[]): PersonEvents {
  const { head, changes, warnings } = readLog(file, { kind: REGISTER, key, shownAs });
  return { head, events: eventsOf(changes, tokens, shownAs), warnings };
}

/** The events of one person in changes that have been read. @throws TallystickError (exit 1) for a line that is no event */
export function eventsOf(
  changes: readonly LogChange[],
  tokens: readonly Uint8Array[],
  shownAs: string,
): PersonEvent[] {
  const sought = tokens.map((token) => Buffer.from(Buffer.from(token).toString('hex')));
  return changes.flatMap(({ header, lines }) =>
    linesAt(lines, sought).map((line) => {
      const event = parseRegisterLine(line);
      if (event !== null) return personEvent(event, header);
      throw refused({
        file: shownAs,
        message: `the ${LOG_KINDS[REGISTER]} has a line in change ${header.change} that is no event`,
        wayOut: 'it was written by another version of tallystick, or by another program',
      });
    }),
  );
}

/** The lines that begin with one of the tokens, in order, without their line ends. */
function linesAt(lines: Buffer, tokens: readonly Buffer[]): string[] {
  const starts = tokens.flatMap((token) => {
    const found: number[] = [];
    for (let at = lines.indexOf(token); at !== -1; at = lines.indexOf(token, at + TOKEN_DIGITS)) {
      if (at === 0 || lines[at - 1] === 10) found.push(at);
    }
    return found;
  });
  return starts.sort((a, b) => a - b).map((at) => lines.toString('latin1', at, lines.indexOf(10, at)));
}

function personEvent({ type, kind, date }: RegisterEvent, header: ChangeHeader): PersonEvent {
  const { change, at } = header;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    type,
    kind,
    date,
    recordedOn: at.slice(0, 10),
    change,
    recordedAt: at,
    by: text(header['by']),
    document: text(header['document']),
  };
}
