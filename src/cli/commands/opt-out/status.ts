import { Option } from '@commander-js/extra-typings';
import { OPT_OUT_TYPES } from '../../../domain/opt-out.ts';
import { stateOfType, type TypeState } from '../../../domain/recorded-opt-out.ts';
import type { PersonEvent } from '../../../governance/register/find-person.ts';
import { left, textTable } from '../../../report/text-table.ts';
import { askPerson } from '../../options/ask-person.ts';
import { newCommand, parseDate, today } from '../../options/shared-options.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** `tallystick opt-out status`: what the register has of one person on a day. */
export function statusCommand(terminal: Terminal) {
  return newCommand('status', terminal)
    .description(
      'show which opt-outs of a person are in force; the NHS number comes from stdin, or is asked for',
    )
    .argument('<file>', 'pipeline file')
    .addOption(new Option('--on <date>', 'YYYY-MM-DD').argParser(parseDate).default(today(), 'today, UTC'))
    .action(async (file, { on }) => {
      const { pipeline, shownAs, head, events } = await askPerson(terminal, file);
      const declared = pipeline.optOuts.types.map(({ name }) => name);
      const types = [...new Set([...OPT_OUT_TYPES, ...declared, ...events.map(({ type }) => type)])];
      const states = types.map((type) => stateOfType(events, type, on));
      const value = {
        on,
        register: shownAs,
        changes: head.changes,
        digest: head.digest,
        types: states.map(({ type, inForce, since, by, next }) => ({
          type,
          inForce,
          since,
          by: by === null ? null : described(by),
          next: next === null ? null : described(next),
        })),
      };
      terminal.result(value, () =>
        [
          `by the register ${shownAs} (${head.changes} changes), on ${on}`,
          ...textTable(COLUMNS, states.map(rowOf)),
          'A run also reads lists, coded records and the answers of the national service: they are not in the register.',
        ].join('\n'),
      );
    });
}

const COLUMNS = ['type', '', 'since', 'recorded', 'by', 'document', 'next'].map(left);

function rowOf({ type, inForce, since, by, next }: TypeState<PersonEvent>): string[] {
  const state = inForce ? 'in force' : by === null ? 'not registered' : 'not in force';
  return [
    type,
    state,
    since ?? (inForce ? 'not known' : ''),
    by?.recordedAt ?? '',
    by?.by ?? '',
    by?.document ?? '',
    next === null ? '' : `${next.kind} from ${next.date}`,
  ];
}

function described({ kind, date, recordedAt, by, document, change }: PersonEvent) {
  return { event: kind, date, recordedAt, by, document, change };
}
