import type { TallystickError } from '../../../domain/problem.ts';

/** What a refusal says, with each location; anything else fails the test. */
export function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return describe(error as TallystickError);
  }
  throw new Error('the list was taken');
}

/** The same of a list that is read asynchronously. */
export async function refusalOfPromise(reading: Promise<unknown>): Promise<string> {
  const fault = await reading.then(
    () => null,
    (error: TallystickError) => error,
  );
  if (fault === null) throw new Error('the list was taken');
  return describe(fault);
}

function describe({ exitCode, problems }: TallystickError): string {
  const lines = problems.map(({ line, message }) => `line ${line ?? '-'}: ${message}`);
  return `exit ${exitCode} ${lines.join(' ')}`;
}
