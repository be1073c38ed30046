import type { LogHead } from '../log/head.ts';
import type { Log } from '../log/read-log.ts';
import { readLog } from '../log/read-log.ts';
import type { RegisterPlace } from './find-person.ts';
import { REGISTER, registerEvents } from './read-register.ts';
import { indexedHead, writeIndex } from './register-index.ts';

/** Bytes of the register that a reader looks through besides the index: a thousand events, and less than a millisecond. */
const MOST_BEHIND = 1 << 16;

/**
 * Makes the index of a register again where it is missing, of another register, or far behind. The caller has the register's lock.
 *
 * @param log as it was read under that lock
 * @param head after what was appended since
 */
export function keepIndex(place: RegisterPlace, log: Log, head: LogHead): void {
  const indexed = indexedHead(place.file, place.key);
  if (indexed !== null && isPointOf(log, indexed) && head.bytes - indexed.bytes <= MOST_BEHIND) return;
  renewIndex(place);
}

/** Makes the index again, whatever is there. The caller has the register's lock. */
export function renewIndex({ file, shownAs, key }: RegisterPlace): void {
  const log = readLog(file, { kind: REGISTER, key, shownAs });
  writeIndex(file, key, registerEvents(log, shownAs), log.changes);
}

/** Whether a change of the log ended here. */
function isPointOf({ changes, head }: Log, point: LogHead): boolean {
  if (point.changes === head.changes) return point.digest === head.digest;
  return point.changes > 0 && changes[point.changes - 1]?.digest === point.digest;
}
