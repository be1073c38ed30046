import { describe, expect, it } from 'vitest';
import { LongRefusal } from '../domain/long-refusal.ts';
import { interrupted, refused } from '../domain/problem.ts';
import { QuarantineRefusal } from '../domain/quarantine-refusal.ts';
import { carryFault, faultOf } from '../program/carried-fault.ts';
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

describe('an error of another process', () => {
  const places = [{ file: 'a.csv', line: 3, column: 'nhs', reason: 'no' }];
  const many = Array.from({ length: 9 }, (_, index) => ({ file: 'a.csv', line: index, message: 'no' }));
  const system = Object.assign(new Error(SECRET), { code: 'ENOSPC', syscall: 'write' });
  const read = Object.assign(new Error(SECRET), { code: 'EACCES', syscall: 'open', path: '/in/a.csv' });

  it.each<[string, unknown]>([
    ['a refusal', refused({ file: 'a.csv', line: 3, column: 'nhs', message: 'no', wayOut: 'yes' })],
    ['an interruption', interrupted()],
    ['a long refusal', new LongRefusal(many)],
    ['a refusal for quarantined rows', new QuarantineRefusal([{ message: 'too many' }], places)],
    ['a fault of writing', new WriteError('locked', '/out/x', 'another run is at it')],
    ['a full disk', system],
    ['a file that may not be read', read],
    ['a fault that nobody expected', new TypeError(`cannot read ${SECRET}`)],
    ['a text', SECRET],
    ['an object', { cell: SECRET }],
  ])('ends this one as %s of its own does, and is carried without its message', (_, fault) => {
    const carried = structuredClone(carryFault(fault));
    expect(JSON.stringify(carried)).not.toContain(SECRET);
    const arrived = faultOf(carried);
    expect(failureOf(arrived)).toEqual(failureOf(fault));
    if (fault instanceof LongRefusal) expect((arrived as LongRefusal).all).toEqual(many);
    if (fault instanceof QuarantineRefusal) expect((arrived as QuarantineRefusal).places).toEqual(places);
  });
});
