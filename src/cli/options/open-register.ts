import type { NhsNumber } from '../../domain/nhs-number.ts';
import { usage } from '../../domain/problem.ts';
import type { RegisterPlace } from '../../governance/register/find-person.ts';
import { openKeyFile } from '../../keys/key-ring.ts';
import type { KeptRegister, Pipeline } from '../../pipeline/pipeline.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { loadPipeline } from './load-pipeline.ts';
import { today } from './shared-options.ts';

/** What commands on the register of a pipeline work with. */
export interface RegisterWork {
  readonly pipeline: Pipeline;
  readonly place: RegisterPlace;
  readonly register: KeptRegister;
  readonly now: () => Date;
  readonly notice: (message: string) => void;
}

/**
 * Does work on the opt-out register of a pipeline, with its linkage key open.
 *
 * @throws TallystickError (exit 2) for a pipeline file that names no register, (exit 3) for a key that cannot be opened
 */
export async function withRegister<T>(
  terminal: Terminal,
  file: string,
  work: (register: RegisterWork) => Promise<T>,
): Promise<T> {
  const pipeline = loadPipeline(file, today(), 'release');
  const { keptRegister: register } = pipeline.optOuts;
  if (register === null) {
    throw usage({
      file,
      message: 'the pipeline file names no opt-out register that is kept',
      wayOut: 'name one: optOuts.register: { events: FILE }; the first event that is recorded makes it',
    });
  }
  const key = openKeyFile(pipeline.keys.linkage, 'linkage');
  try {
    return await work({
      pipeline,
      place: { file: register.file, shownAs: register.shownAs, key },
      register,
      now: () => new Date(),
      notice: (message) => terminal.warn(message),
    });
  } finally {
    key.close();
  }
}

/** Superseded NHS numbers of a pipeline, each with the one that replaces it. */
export async function supersededNumbersOf({
  link,
  synthetic,
}: Pipeline): Promise<ReadonlyMap<NhsNumber, NhsNumber>> {
  if (link.supersededNumbers === null) return new Map();
  const { readSupersededNumbers } = await import('../../provider/extract/superseded-numbers.ts');
  return readSupersededNumbers(link.supersededNumbers, synthetic);
}

/**
 * Types of opt-outs that the register of a pipeline takes: those that can be stated by NHS number.
 *
 * @throws TallystickError (exit 2) for a type that is none of them
 */
export function checkType({ optOuts }: Pipeline, file: string, type: string): string {
  const names: readonly string[] = optOuts.reasons.flatMap(({ name, stated }) =>
    stated === 'by-number' ? [name] : [],
  );
  if (names.includes(type)) return type;
  throw usage({
    file,
    message: 'there is no such type of opt-out',
    wayOut: `--type is one of ${names.join(', ')}`,
  });
}
