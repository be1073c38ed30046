import { describe, expect, it } from 'vitest';
import { refused } from '../domain/problem.ts';
import { WriteError, type WriteReason } from '../write/write-error.ts';
import { failureOf } from './exit.ts';

const SECRET = '943 476 5919';

describe('exit codes', () => {
  it('are those of the program’s own errors', () => {
    const failure = failureOf(refused({ file: 'a.csv', line: 3, message: 'no' }));
    expect(failure).toMatchObject({ exitCode: 1, problems: [{ file: 'a.csv', line: 3, message: 'no' }] });
  });

  it.each<[WriteReason, number]>([
    ['no-space', 3],
    ['permission', 3],
    ['not-found', 3],
    ['already-there', 3],
    ['locked', 3],
    ['failed', 3],
    ['bad-name', 2],
    ['not-arrow', 1],
    ['bad-data', 70],
  ])('of a write error (%s) are %d', (reason, exitCode) => {
    const failure = failureOf(new WriteError(reason, '/out/x', 'why'));
    expect(failure).toMatchObject({ exitCode, problems: [{ file: '/out/x', message: 'why' }], stack: [] });
  });

  it('are 3 for a full disk that the operating system reports', () => {
    const fault = Object.assign(new Error(SECRET), { code: 'ENOSPC', syscall: 'write' });
    expect(failureOf(fault)).toMatchObject({
      exitCode: 3,
      problems: [{ message: 'no space is left on the disk' }],
    });
  });

  it.each([
    new TypeError(`cannot read ${SECRET}\nof a row\nat ${SECRET}`),
    new RangeError(SECRET),
    SECRET,
    { cell: SECRET },
    undefined,
  ])('are 70 for an unexpected error, with its class and stack and never its message', (fault) => {
    const failure = failureOf(fault);
    expect(failure.exitCode).toBe(70);
    expect(JSON.stringify(failure)).not.toContain(SECRET);
    if (fault instanceof Error) {
      expect(failure.problems[0]!.message).toContain(fault.name);
      expect(failure.stack[0]).toMatch(/^at .*exit\.test\.ts:\d+:\d+/);
    }
  });
});
