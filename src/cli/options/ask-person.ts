import { findPerson, type PersonEvents } from '../../governance/register/find-person.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { personTokens } from '../../provider/opt-outs/person-tokens.ts';
import { askNhsNumber } from '../terminal/ask-nhs-number.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { supersededNumbersOf, withRegister } from './open-register.ts';

/** What the register of a pipeline has of one person. */
export interface AskedPerson extends PersonEvents {
  readonly pipeline: Pipeline;
  /** the register's name in messages */
  readonly shownAs: string;
}

/** Asks for an NHS number, and looks it up in the register of a pipeline, with the numbers that it replaced. */
export async function askPerson(terminal: Terminal, file: string): Promise<AskedPerson> {
  return await withRegister(terminal, file, async ({ pipeline, place, notice }) => {
    const superseded = await supersededNumbersOf(pipeline);
    const number = await askNhsNumber(process.stdin, (text) => terminal.errorText(text), pipeline.synthetic);
    const found = findPerson(place, personTokens(number, superseded, place.key));
    for (const warning of found.warnings) notice(warning);
    return { ...found, pipeline, shownAs: place.shownAs };
  });
}
