import { basename, resolve } from 'node:path';
import { usage } from '../../../domain/problem.ts';
import { recordNew } from '../../../governance/register/record-events.ts';
import { type ListLayout, REGISTER_LAYOUT } from '../../../pipeline/list-layout.ts';
import type { Pipeline } from '../../../pipeline/pipeline.ts';
import { formatCount } from '../../../report/format.ts';
import { supersededNumbersOf, withRegister } from '../../options/open-register.ts';
import { documentOf, recorder } from '../../options/recording-options.ts';
import { newCommand, today } from '../../options/shared-options.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { byOption, documentOption } from './record.ts';

/** `tallystick opt-out import`: records every event of a list that the register does not have yet. */
export function importCommand(terminal: Terminal) {
  return newCommand('import', terminal)
    .description('record the events of a list that are not in the register yet: all of them, or none')
    .argument('<file>', 'pipeline file')
    .requiredOption('--list <csv>', 'a list of nhs_number,type,event,date')
    .option('--layout <name>', 'the layout of the list: that of a list in optOuts.lists')
    .addOption(byOption())
    .addOption(documentOption())
    .action(async (file, { list, layout, by, document }) => {
      const recording = {
        command: 'import',
        by: recorder(by),
        document: documentOf(document ?? basename(list)),
      };
      await withRegister(terminal, file, async ({ pipeline, place, now, notice }) => {
        const { readLaidOutList } = await import('../../../provider/opt-outs/read-laid-out-list.ts');
        const { listedEvents } = await import('../../../provider/opt-outs/listed-events.ts');
        const superseded = await supersededNumbersOf(pipeline);
        // its events say when they happened: how old the list is does not matter here
        const from = { file: resolve(list), shownAs: list, maxAgeDays: 0, asOf: today(), allowEmpty: false };
        const { entries } = await readLaidOutList(
          from,
          layoutOf(pipeline, file, layout),
          { what: 'opt-out list', key: '--list', repair: 'the list, or its layout,' },
          today(),
          pipeline.synthetic,
        );
        const { events, impossibleDates } = listedEvents(entries, superseded, place.key);
        const { head, added } = await recordNew(place, { ...recording, now, notice }, events);
        const value = {
          list,
          events: events.count,
          added,
          already: events.count - added,
          impossibleDates,
          register: place.shownAs,
          changes: head.changes,
          digest: head.digest,
        };
        terminal.result(value, () => (terminal.manners.quiet ? '' : describe(value)));
      });
    });
}

function describe({
  list,
  events,
  added,
  already,
  impossibleDates,
  register,
  changes,
}: {
  readonly list: string;
  readonly events: number;
  readonly added: number;
  readonly already: number;
  readonly impossibleDates: number;
  readonly register: string;
  readonly changes: number;
}): string {
  const where = added === 0 ? 'nothing was recorded' : `change ${changes} of ${register}`;
  return [
    `${list}: ${formatCount(events)} events, ${formatCount(added)} added, ${formatCount(already)} there already or repeated; ${where}`,
    ...(impossibleDates === 0
      ? []
      : [
          `${formatCount(impossibleDates)} have a day that the calendar does not have: they are recorded without one`,
        ]),
    ...(added === 0
      ? []
      : [
          `The list holds NHS numbers, and the register does not: delete the list when it is no longer needed`,
        ]),
  ].join('\n');
}

/** @throws TallystickError (exit 2) where no list of opt-outs has this name */
function layoutOf({ optOuts }: Pipeline, file: string, name: string | undefined): ListLayout {
  if (name === undefined) return REGISTER_LAYOUT;
  const names = optOuts.lists.flatMap((one) => (one.allow ? [] : [one.name]));
  const found = optOuts.lists.find((one) => one.name === name && !one.allow);
  if (found !== undefined) return found.layout;
  throw usage({
    file,
    message: 'no list of opt-outs in optOuts.lists has the name in --layout',
    wayOut: names.length === 0 ? 'declare one, or leave --layout out' : `there are ${names.join(', ')}`,
  });
}
