import { join, resolve } from 'node:path';
import { showFindings } from '../doctor/show-findings.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import { newCommand, outOption, runDateOption, workOption } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick check`: checks whether a run of tonight's delivery could begin to read rows. */
export function checkCommand(terminal: Terminal) {
  return newCommand('check', terminal)
    .description(
      "check tonight's delivery before the run: files, headers, lists, keys, baseline, disk space; writes nothing",
    )
    .argument('<file>', 'pipeline file')
    .addOption(outOption())
    .addOption(workOption())
    .addOption(runDateOption())
    .action(async (file, { out, work, runDate }) => {
      const pipeline = loadPipeline(file, runDate);
      const { checkDelivery } = await import('../../run/check-delivery.ts');
      const { lookAtRights, lookAtSpace } = await import('../doctor/look-at-machine.ts');
      const delivery = await checkDelivery(pipeline, resolve(out), runDate, new AbortController().signal);
      const place = work ?? out;
      showFindings(terminal, [
        ...delivery.findings,
        lookAtSpace(place, delivery.bytes),
        lookAtRights('work folder', place),
        lookAtRights('output folder', join(out, pipeline.name)),
      ]);
    });
}
