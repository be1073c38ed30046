import { resolve } from 'node:path';
import type { NhsNumber } from '../../../domain/nhs-number.ts';
import { refused } from '../../../domain/problem.ts';
import type { MadeRequest } from '../../../provider/national/make-request.ts';
import { formatCount } from '../../../report/format.ts';
import { type LedgerWork, withLedger } from '../../options/open-ledger.ts';
import { newCommand, runDateOption } from '../../options/shared-options.ts';
import { shownPath } from '../../options/shown-path.ts';
import { listenForStop } from '../../process/stop-signals.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** NHS numbers to ask about, and the rows that have none. */
interface FoundNumbers {
  readonly numbers: readonly NhsNumber[];
  readonly without: number;
}

/** `tallystick opt-out request`: writes a request to the national service, and records it in the ledger. */
export function requestCommand(terminal: Terminal) {
  return newCommand('request', terminal)
    .description(
      'write a request to the national data opt-out service: all NHS numbers of the extracts, and its control file',
    )
    .argument('<file>', 'pipeline file')
    .requiredOption('--out <dir>', 'folder for the two files, such as the OUT folder of a MESH client')
    .option('--numbers <file>', 'ask about the NHS numbers in this file, one a line, and read no extract')
    .option('--only-new', 'leave out numbers of which an answer counts on the run date')
    .addOption(runDateOption())
    .action(async (file, { out, numbers: list, onlyNew = false, runDate }) => {
      const stop = listenForStop(() => terminal.warn('stopping; nothing will be sent'));
      try {
        const result = await withLedger(terminal, file, runDate, async (ledger) => {
          const { makeRequest } = await import('../../../provider/national/make-request.ts');
          const found =
            list === undefined ? await fromExtracts(ledger, stop.signal) : await fromList(list, ledger);
          if (found.numbers.length === 0) {
            const message = 'there is no valid NHS number to ask about';
            throw refused({
              file: list ?? file,
              message,
              wayOut: 'see what the columns of NHS numbers hold',
            });
          }
          stop.signal.throwIfAborted();
          const onlyNewOn = onlyNew ? runDate : null;
          const made = await makeRequest(found.numbers, { ...ledger, out: resolve(out), onlyNewOn });
          return { made, numbers: found.numbers.length, without: found.without };
        });
        const { made, ...counts } = result;
        terminal.result(
          made === null
            ? { localId: null, asked: 0, answered: counts.numbers, rowsWithout: counts.without }
            : { ...made, rowsWithout: counts.without },
          () => describe(made, counts.numbers, counts.without, terminal.manners.quiet),
        );
      } finally {
        stop.close();
      }
    });
}

async function fromExtracts({ pipeline }: LedgerWork, signal: AbortSignal): Promise<FoundNumbers> {
  const { collectNumbers } = await import('../../../provider/national/collect-numbers.ts');
  const { numbers, without } = await collectNumbers(pipeline, signal);
  try {
    return { numbers: [...numbers], without };
  } finally {
    numbers.clear();
  }
}

async function fromList(list: string, { pipeline }: LedgerWork): Promise<FoundNumbers> {
  const { readNumberList } = await import('../../../provider/national/read-number-list.ts');
  return { numbers: readNumberList(list, pipeline), without: 0 };
}

function describe(made: MadeRequest | null, numbers: number, without: number, quiet: boolean): string {
  if (made === null) {
    return quiet ? '' : `nothing to ask: an answer counts for all ${formatCount(numbers)} NHS numbers`;
  }
  const data = shownPath(made.data);
  if (quiet) return data;
  const { localId, asked, answered } = made;
  return [
    `request ${localId}: ${formatCount(asked)} NHS numbers`,
    ...(answered === 0 ? [] : [`left out, because an answer counts: ${formatCount(answered)}`]),
    ...(without === 0
      ? []
      : [`rows without a valid NHS number, of which nobody can be asked about: ${formatCount(without)}`]),
    `  ${data}`,
    `  ${shownPath(made.control)}`,
    'The .dat file holds NHS numbers, and nothing else that this command wrote does. Send both files, and delete the .dat file and every',
    `copy of it (a MESH client keeps one in SENT) when the answer has been accepted: rm ${data}`,
  ].join('\n');
}
