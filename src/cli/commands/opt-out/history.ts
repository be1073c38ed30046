import { left, textTable } from '../../../report/text-table.ts';
import { askPerson } from '../../options/ask-person.ts';
import { newCommand } from '../../options/shared-options.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** `tallystick opt-out history`: every event of one person in the register. */
export function historyCommand(terminal: Terminal) {
  return newCommand('history', terminal)
    .description('show every recorded event of a person; the NHS number comes from stdin, or is asked for')
    .argument('<file>', 'pipeline file')
    .action(async (file) => {
      const { shownAs, head, events } = await askPerson(terminal, file);
      const value = {
        register: shownAs,
        changes: head.changes,
        digest: head.digest,
        events: events.map(({ type, kind, date, recordedAt, by, document, change }) => ({
          type,
          event: kind,
          date,
          recordedAt,
          by,
          document,
          change,
        })),
      };
      terminal.result(value, () =>
        events.length === 0
          ? `by the register ${shownAs}: no event of this person`
          : textTable(
              COLUMNS,
              events.map(({ type, kind, date, recordedAt, by, document, change }) => [
                String(change),
                recordedAt,
                type,
                kind,
                date ?? 'no day',
                by ?? '',
                document ?? '',
              ]),
            ).join('\n'),
      );
    });
}

const COLUMNS = ['change', 'recorded', 'type', 'event', 'from', 'by', 'document'].map(left);
