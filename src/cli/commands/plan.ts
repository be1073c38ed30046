import type { ListedStep } from '../../run/list-steps.ts';
import { loadPipeline } from '../options/load-pipeline.ts';
import { newCommand, runDateOption } from '../options/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tallystick plan`: the steps of a run, as SQL. */
export function planCommand(terminal: Terminal) {
  return newCommand('plan', terminal)
    .description('print every step of a run with its SQL, without reading any data or key')
    .argument('<file>', 'pipeline file')
    .addOption(runDateOption())
    .action(async (file, { runDate }) => {
      const pipeline = loadPipeline(file, runDate);
      const { listSteps } = await import('../../run/list-steps.ts');
      const { readSensitiveCodes } = await import('../../linker/de-identify/sensitive-codes.ts');
      readSensitiveCodes(pipeline); // a list that cannot be read is refused here as in a run
      const steps = listSteps(pipeline, runDate);
      terminal.result({ name: pipeline.name, runDate, steps }, () => describe(steps));
    });
}

/** What a run does first, and no step shows. */
const OPT_OUT =
  '-- opt out (1): before every step, the code columns and opt-out flags of GP tables are looked through cell by cell, without SQL';

/** SQL with comments: it can be read by people, and by anything that reads SQL. */
function describe(steps: readonly ListedStep[]): string {
  const texts = steps.map(({ part, name, about, reads, sql }) =>
    [`-- ${part}: ${name}`, `-- ${about}`, `-- reads ${reads.join(', ')}`, `${sql};`].join('\n'),
  );
  return [OPT_OUT, ...texts].join('\n\n');
}
