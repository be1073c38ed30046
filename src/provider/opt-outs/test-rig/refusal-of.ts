import type { TallystickError } from '../../../domain/problem.ts';

/** What a refusal says, with each location; anything else fails the test. */
export function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    const { exitCode, problems } = error as TallystickError;
    const lines = problems.map(({ line, message }) => `line ${line ?? '-'}: ${message}`);
    return `exit ${exitCode} ${lines.join(' ')}`;
  }
  throw new Error('the list was taken');
}
