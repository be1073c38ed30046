import type { Accepted } from '../../../provider/national/accept-message.ts';
import { formatCount } from '../../../report/format.ts';
import { withLedger } from '../../options/open-ledger.ts';
import { newCommand, today } from '../../options/shared-options.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** `tallystick opt-out accept`: records what the national service answered. */
export function acceptCommand(terminal: Terminal) {
  return newCommand('accept', terminal)
    .description(
      'record the answer of the national data opt-out service, or its report that a request was not delivered or was refused',
    )
    .argument('<file>', 'pipeline file')
    .requiredOption('--reply <file>', 'the file that came from the service (.dat)')
    .option(
      '--control <file>',
      'the control file that came with it (.ctl): it says which request is answered',
    )
    .action(async (file, { reply, control }) => {
      const accepted = await withLedger(terminal, file, today(), async (ledger) => {
        const { acceptMessage } = await import('../../../provider/national/accept-message.ts');
        const { expectedRate } = ledger.pipeline.optOuts;
        return await acceptMessage({ reply, control: control ?? null }, { ...ledger, expectedRate });
      });
      terminal.result(accepted, () => (terminal.manners.quiet ? '' : describe(accepted, reply)));
    });
}

function describe(accepted: Accepted, reply: string): string {
  if (accepted.outcome === 'status') {
    return `${reply} is a status message: nothing was recorded. The reply comes as a message of its own`;
  }
  const { outcome, localId, asked, allowed, leftOut } = accepted;
  const counts = `${formatCount(asked)} NHS numbers asked about, ${formatCount(allowed)} may be used, ${formatCount(leftOut)} may not`;
  return [
    outcome === 'again'
      ? `request ${localId} has this answer already, and nothing was recorded: ${counts}`
      : `answer to request ${localId} recorded: ${counts}`,
    `The ledger has all of it: delete ${reply}, and the .dat file of the request, for both hold NHS numbers`,
  ].join('\n');
}
