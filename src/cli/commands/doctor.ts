import { resolve } from 'node:path';
import type { CheckedDelivery } from '../../run/check-delivery.ts';
import { lookAtDebugging } from '../doctor/look-at-debugging.ts';
import { showFindings } from '../doctor/show-findings.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import { newCommand, outOption, runDateOption, workOption } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick doctor`: checks whether a run would work on this machine and, with a pipeline file, on tonight's delivery. */
export function doctorCommand(terminal: Terminal) {
  return newCommand('doctor', terminal)
    .description(
      'look at this machine: versions, space, memory, keys; with a pipeline file, at what `check` looks at, too',
    )
    .argument('[file]', 'pipeline file')
    .addOption(outOption())
    .addOption(workOption())
    .addOption(runDateOption())
    .action(async (file, { out, work, runDate }) => {
      const { lookAtSoftware } = await import('../doctor/look-at-software.ts');
      const { lookAtResources, lookAtWorkPlace } = await import('../doctor/look-at-machine.ts');
      const { lookAtOpenFiles } = await import('../doctor/open-files.ts');
      const delivery = file === undefined ? null : await checkedDelivery(file, out, runDate);
      showFindings(terminal, [
        ...(await lookAtSoftware()),
        ...lookAtResources(),
        ...lookAtDebugging(
          process.env['NODE_OPTIONS'] ?? '',
          process.execArgv,
          process.allowedNodeEnvironmentFlags.has('--disable-sigusr1'),
        ),
        ...lookAtOpenFiles(),
        ...lookAtWorkPlace(work ?? out, delivery?.bytes ?? null),
        ...(delivery?.findings ?? (await keysOfEnvironment())),
      ]);
    });
}

/** Checks the delivery of a pipeline file. For a faulty pipeline file: its faults; the machine is checked regardless. */
async function checkedDelivery(
  file: string,
  out: string,
  runDate: string,
): Promise<{ readonly findings: CheckedDelivery['findings']; readonly bytes: number | null }> {
  const { attempt } = await import('../../run/check/delivery-finding.ts');
  const { checkDelivery } = await import('../../run/check-delivery.ts');
  const pipeline = await attempt('pipeline file', () => loadPipeline(file, runDate));
  if ('fault' in pipeline) return { findings: [pipeline.fault], bytes: null };
  return checkDelivery(pipeline.value, resolve(out), runDate, new AbortController().signal);
}

/** Keys that the environment names, by the variables that the pipeline files of this program have. */
async function keysOfEnvironment(): Promise<CheckedDelivery['findings']> {
  const { checkKeys } = await import('../../run/check/check-keys.ts');
  const { TALLYSTICK_KEY_FILE: linkage, TALLYSTICK_RELEASE_KEY_FILE: release } = process.env;
  const keys = await checkKeys({ ...(linkage && { linkage }), ...(release && { release }) });
  keys.linkage?.close();
  keys.release?.close();
  return keys.findings;
}
