import type { Finding } from '../../domain/finding.ts';
import { ageOfRegister } from '../../domain/list-age.ts';
import { refused } from '../../domain/problem.ts';
import { readLog } from '../../governance/log/read-log.ts';
import { REGISTER, type RegisterEvents, registerEvents } from '../../governance/register/read-register.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import type { KeptRegister } from '../../pipeline/pipeline.ts';

/** The kept register, read and found fit. */
export interface KeptEvents {
  readonly events: RegisterEvents;
  /** the day of its last change, YYYY-MM-DD; null where there is none */
  readonly lastChange: string | null;
  readonly findings: readonly Finding[];
}

/** `YYYY-MM-DD` */
const DATE_DIGITS = 10;

/**
 * Reads the register that `tallystick opt-out` keeps.
 *
 * @param key the linkage key; null where there is none at hand: seals are not checked then
 * @param types every type of opt-out that the pipeline file knows
 * @throws TallystickError (exit 1) for a register that is missing, damaged, shorter than its head, stale, or empty without leave,
 * and for one with a type that is not known; (exit 3) for one of another linkage key
 */
export function readKeptRegister(
  kept: KeptRegister,
  key: KeyRing | null,
  types: readonly string[],
  runDate: string,
): KeptEvents {
  const { file, shownAs } = kept;
  const log = readLog(file, { kind: REGISTER, key, shownAs });
  const events = registerEvents(log, shownAs);
  if (events.count === 0 && !kept.allowEmpty) {
    throw refused({
      file: shownAs,
      message: 'the opt-out register is empty',
      wayOut: 'if nobody is on it, say so in the pipeline file: allowEmpty: true',
    });
  }
  const unknown = events.typeNames.filter((name) => !types.includes(name));
  if (unknown.length > 0) {
    throw refused({
      file: shownAs,
      message: `the opt-out register has events of the types ${unknown.join(', ')}, which the pipeline file does not declare`,
      wayOut: 'declare them: a run that passed over them could release somebody who opted out',
    });
  }
  const changes = log.changes.map(({ header }) => header.at.slice(0, DATE_DIGITS));
  return {
    events,
    lastChange: changes.at(-1) ?? null,
    findings: [
      ...events.warnings.map((message): Finding => ({ check: 'kept-register', severity: 'warn', message })),
      ...judgeAge(kept, changes, runDate),
    ],
  };
}

function judgeAge(kept: KeptRegister, changes: readonly string[], runDate: string): Finding[] {
  const { shownAs, maxAgeDays, isAgeDeclared } = kept;
  const { days, is } = ageOfRegister(changes, maxAgeDays, runDate);
  const isOld = days > maxAgeDays;
  if (!isOld) return [];
  const since = `nothing has been recorded in the opt-out register for ${days} days`;
  if (isAgeDeclared || is === 'stale') {
    throw refused({
      file: shownAs,
      message: isAgeDeclared
        ? `${since}; at most ${maxAgeDays} are allowed`
        : `${since}, which never was so long before`,
      wayOut:
        'see that it is no old copy, and that what feeds it is at work; if so, raise or leave out optOuts.register.maxAge',
    });
  }
  return [
    {
      check: 'list-age',
      severity: 'warn',
      file: shownAs,
      message: since,
      wayOut:
        'few changes a year may explain it; see that it is no old copy, or limit it: optOuts.register.maxAge',
    },
  ];
}
