import type { TallystickError } from '../../../domain/problem.ts';

/** What a refusal says, with each place; anything else fails the test. */
export function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    const { exitCode, problems } = error as TallystickError;
    const told = problems.map(({ line, message }) => `line ${line ?? '-'}: ${message}`);
    return `exit ${exitCode} ${told.join(' ')}`;
  }
  throw new Error('the list was taken');
}
