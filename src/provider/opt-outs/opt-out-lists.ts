import type { Finding } from '../../domain/finding.ts';
import { type Problem, refused, TallystickError } from '../../domain/problem.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { judgeDates } from './event-dates.ts';
import { type AllowedNumbers, readNationalReply } from './read-national-reply.ts';
import { type Register, readRegister } from './read-register.ts';

/** The lists of a run, read and found fit. */
export interface OptOutLists {
  /** null where none is declared */
  readonly register: Register | null;
  /** null where no reply of the national service is declared */
  readonly allowed: AllowedNumbers | null;
  readonly findings: readonly Finding[];
}

/**
 * The register and the national reply.
 *
 * @throws TallystickError (exit 1) with what is wrong with either
 */
export async function readOptOutLists(
  { optOuts, synthetic }: Pipeline,
  runDate: string,
): Promise<OptOutLists> {
  const { register: list, national, expectedRate } = optOuts;
  const problems: Problem[] = [];
  const attempt = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (fault) {
      if (!(fault instanceof TallystickError) || fault.exitCode !== 1) throw fault;
      problems.push(...fault.problems);
      return null;
    }
  };
  const register = attempt(() => (list === null ? null : readRegister(list, runDate, synthetic)));
  const allowed = attempt(() =>
    national === null ? null : readNationalReply(national, runDate, synthetic, expectedRate),
  );
  if (problems.length > 0) throw refused(...problems);
  return {
    register,
    allowed,
    findings: [
      ...(register?.findings ?? []),
      ...judgeDates(register?.entries ?? [], 'the register', runDate),
      ...(allowed?.findings ?? []),
    ],
  };
}
