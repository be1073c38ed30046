import { refused } from '../../domain/problem.ts';
import { changeLog } from '../../governance/log/append-to-log.ts';
import { assertLedger, ledgerLog, ledgerOf } from '../../governance/national/ledger.ts';
import { endingChange } from '../../governance/national/ledger-changes.ts';
import type { AcceptSettings } from './accept-message.ts';

/**
 * Records that an open request gets no answer.
 *
 * @throws TallystickError (exit 1) where no open request has this LocalId
 */
export async function abandonRequest(
  localId: string,
  { national, linkageKey, now, notice }: Omit<AcceptSettings, 'expectedRate'>,
): Promise<void> {
  assertLedger(national.ledger, national.shownAs);
  const log = { ...ledgerLog(linkageKey, national.shownAs), now, notice };
  await changeLog(national.ledger, log, (read) => {
    const { requests } = ledgerOf(read, national.shownAs);
    const request = requests.find((one) => one.localId === localId && one.state === 'open');
    if (request !== undefined) return endingChange(request, 'abandoned');
    throw refused({
      file: national.shownAs,
      message: 'no open request has the LocalId that --abandon names',
      wayOut: 'see `tallystick opt-out requests`; nothing was recorded',
    });
  });
}
