import type { Finding } from '../../domain/finding.ts';
import { refused } from '../../domain/problem.ts';
import { type JudgedNumbers, judgeAnswers } from '../../governance/national/judge-answers.ts';
import { readLedger } from '../../governance/national/ledger.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import type { NationalLedger } from '../../pipeline/pipeline.ts';

/** What the ledger says on the run date, and what was found in it. */
export interface NationalAnswers {
  readonly numbers: JudgedNumbers;
  readonly findings: readonly Finding[];
}

const ASK =
  'nobody can be released without an answer: `tallystick opt-out request` asks the service, and `tallystick opt-out accept` records what it answers';

/**
 * Reads the ledger of requests to the national service and its answers.
 *
 * @param linkageKey null where it is not at hand: seals are not checked then
 * @throws TallystickError (exit 1) for a ledger that is damaged, or of which no answer counts on the run date
 */
export function readNationalAnswers(
  { ledger: path, shownAs: file, maxAgeDays, allowEmpty }: NationalLedger,
  runDate: string,
  linkageKey: KeyRing | null,
): NationalAnswers {
  const ledger = readLedger(path, file, linkageKey);
  if (ledger.head === null) throw refused({ file, message: 'there is no national ledger yet', wayOut: ASK });
  const numbers = judgeAnswers(ledger, runDate, maxAgeDays);
  if (numbers.answers === 0) {
    const message = `the national ledger has no answer to a request of the ${maxAgeDays} days up to the run date`;
    throw refused({ file, message, wayOut: ASK });
  }
  if (numbers.allowed.length === 0 && !allowEmpty) {
    throw refused({
      file,
      message: 'by the national ledger, nobody may be released',
      wayOut: 'if this is right, say so in the pipeline file: optOuts.national.allowEmpty: true',
    });
  }
  const findings = ledger.warnings.map(
    (message): Finding => ({ check: 'national-ledger', severity: 'warn', message }),
  );
  return { numbers, findings };
}
