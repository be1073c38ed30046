import { EventSet } from '../../../governance/register/event-set.ts';
import { type RegisterEvents, readRegister } from '../../../governance/register/read-register.ts';
import { renewRegister } from '../../../governance/register/record-events.ts';
import { formatCount } from '../../../report/format.ts';
import { withRegister } from '../../options/open-register.ts';
import { newCommand } from '../../options/shared-options.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** `tallystick opt-out verify`: reads the register whole and checks it. */
export function verifyRegisterCommand(terminal: Terminal) {
  return newCommand('verify', terminal)
    .description('read the opt-out register whole, check every digest, seal and line, and renew its index')
    .argument('<file>', 'pipeline file')
    .action(async (file) => {
      await withRegister(terminal, file, async ({ place, now, notice }) => {
        // read first: a register that is missing is refused here, and not made
        const events = readRegister(place.file, place.key, place.shownAs);
        await renewRegister(place, { now, notice });
        const { changes, bytes, digest } = events.head;
        const value = {
          register: place.shownAs,
          changes,
          bytes,
          digest,
          events: events.count,
          persons: countPersons(events),
          byType: countByType(events),
        };
        terminal.result(value, () =>
          terminal.manners.quiet
            ? ''
            : `${place.shownAs}: whole; ${formatCount(changes)} changes, ${formatCount(value.events)} events of ${formatCount(value.persons)} NHS numbers\ndigest ${digest}`,
        );
      });
    });
}

function countPersons({ count, tokens }: RegisterEvents): number {
  const persons = new EventSet(count);
  let distinct = 0;
  for (let row = 0; row < count; row += 1)
    if (persons.add({ tokens, row, type: 0, kind: 0, day: 0 })) distinct += 1;
  return distinct;
}

function countByType({ count, types, typeNames }: RegisterEvents): Record<string, number> {
  const counts = typeNames.map(() => 0);
  for (let row = 0; row < count; row += 1) counts[types[row]!]! += 1;
  return Object.fromEntries(typeNames.map((name, type) => [name, counts[type]!]));
}
