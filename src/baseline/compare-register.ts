import type { Finding } from '../domain/finding.ts';
import type { KeptRegister } from '../domain/opt-out-tally.ts';
import type { Night } from './night.ts';
import { count } from './words.ts';

/**
 * The kept register only grows: a withdrawal is a line of its own. So one with fewer changes or events than on any earlier night is a copy
 * of an earlier day, or was cut, and whoever opted out since would be released. No limit allows it.
 *
 * @param nights since a change was last accepted
 */
export function compareRegister(nights: readonly Night[], tonight: KeptRegister | null): Finding[] {
  return nights
    .flatMap(({ date, optOutTally: { register } }) => (register === null ? [] : [{ date, register }]))
    .toReversed()
    .flatMap(({ date, register }) => {
      const fault = faultOf(register, tonight);
      return fault === null ? [] : [stop(`${fault} on ${date}`)];
    })
    .slice(0, 1);
}

function faultOf(was: KeptRegister, is: KeptRegister | null): string | null {
  if (is === null) return `the kept register is not read any more; it had ${count(was.events)} events`;
  if (is.changes < was.changes) {
    return `the kept register has ${count(is.changes)} changes; it had ${count(was.changes)}`;
  }
  if (is.events < was.events) {
    return `the kept register has ${count(is.events)} events; it had ${count(was.events)}`;
  }
  // its digest depends on every earlier change
  return is.changes === was.changes && is.digest !== was.digest
    ? `the kept register has another content than after the same ${count(was.changes)} changes`
    : null;
}

function stop(message: string): Finding {
  return {
    check: 'night-register',
    severity: 'stop',
    message,
    wayOut:
      'restore the latest copy of the register, and see that `tallystick opt-out verify` accepts it; if another one replaces it on purpose, run once with --accept-change opt-outs',
  };
}
