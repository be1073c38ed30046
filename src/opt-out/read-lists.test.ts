import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TallystickError } from '../domain/problem.ts';
import type { OptOutList } from '../pipeline/pipeline.ts';
import { readNationalReply, readRegister } from './read-lists.ts';

const RUN_DATE = '2026-04-01';
const HEADER = 'nhs_number,type,event,date\n';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-lists-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function list(text: string, settings: Partial<OptOutList> = {}): OptOutList {
  const file = join(folder, 'list');
  writeFileSync(file, text);
  return { file, shownAs: 'list', maxAgeDays: 7, asOf: RUN_DATE, allowEmpty: false, ...settings };
}

/** What a refusal says; anything else fails the test. */
function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    const { exitCode, problems } = error as TallystickError;
    return `exit ${exitCode} line ${problems[0]?.line ?? '-'}: ${problems[0]?.message}`;
  }
  throw new Error('the list was taken');
}

describe('the register', () => {
  test('is read line by line, NHS numbers in any accepted form', () => {
    const text = `\ufeffdate,nhs_number,event,type\n2020-01-01,401 023 2137,registered,1\n,607230002,withdrawn,national\n`;
    expect(readRegister(list(text), RUN_DATE, false)).toEqual({
      entries: [
        { nhsNumber: '4010232137', event: { type: 'type-1', kind: 'registered', date: '2020-01-01' } },
        { nhsNumber: '0607230002', event: { type: 'national', kind: 'withdrawn', date: null } },
      ],
      unusable: 0,
    });
  });

  test('counts lines whose NHS number no record can carry', () => {
    const text = `${HEADER}4010232137,2,registered,\n4010232138,2,registered,\n9434765919,2,registered,\n`;
    expect(readRegister(list(text), RUN_DATE, false)).toMatchObject({ entries: { length: 1 }, unusable: 2 });
    expect(readRegister(list(text), RUN_DATE, true)).toMatchObject({ entries: { length: 2 }, unusable: 1 });
  });

  const good = '4010232137,1,registered,2020-01-01\n';
  test.each([
    ['', 'exit 1 line -: the opt-out register is empty'],
    [HEADER, 'exit 1 line -: the opt-out register is empty'],
    [`${HEADER}"4010232137,1`, 'exit 1 line -: the opt-out register is not readable as CSV'],
    [
      `nhs_number,type,event\n${good}`,
      "exit 1 line 1: the opt-out register's header must name nhs_number, type, event, date",
    ],
    [`${HEADER}${good}4010232137,1,registered\n`, 'exit 1 line 3: has too few or too many columns'],
    [`${HEADER}4010232137,3,registered,\n`, 'exit 1 line 2: is not 1, 2 or national'],
    [`${HEADER}\n\n4010232137,3,registered,\n`, 'exit 1 line 4: is not 1, 2 or national'],
    [`${HEADER}4010232137,1,opted out,\n`, 'exit 1 line 2: is not registered or withdrawn'],
    [`${HEADER}4010232137,1,registered,01/01/2020\n`, 'exit 1 line 2: is not a date, YYYY-MM-DD'],
    [`${HEADER}4010232138,1,registered,\n`, 'exit 1 line -: no line holds a valid NHS number'],
  ])('is refused where it cannot be understood: %j', (text, message) => {
    expect(refusalOf(() => readRegister(list(text), RUN_DATE, false))).toBe(message);
  });

  test('is refused when its date is after the run date, for it would never grow stale', () => {
    const text = `${HEADER}4010232137,1,registered,2020-01-01\n`;
    expect(refusalOf(() => readRegister(list(text, { asOf: '2062-04-01' }), RUN_DATE, false))).toBe(
      'exit 1 line -: the opt-out register is dated 2062-04-01, which is after the run date',
    );
  });

  test('is refused when it is older than it may be, by its own date or by that of its file', () => {
    const text = `${HEADER}4010232137,1,registered,2020-01-01\n`;
    const stale = 'exit 1 line -: the opt-out register is 8 days old on the run date; at most 7 are allowed';
    expect(readRegister(list(text, { asOf: '2026-03-25' }), RUN_DATE, false).entries).toHaveLength(1);
    expect(refusalOf(() => readRegister(list(text, { asOf: '2026-03-24' }), RUN_DATE, false))).toBe(stale);
    const byFile = list(text, { asOf: null });
    const day = (date: string) => Date.parse(date) / 1000;
    utimesSync(byFile.file, day('2026-03-25'), day('2026-03-25'));
    expect(readRegister(byFile, RUN_DATE, false).entries).toHaveLength(1);
    utimesSync(byFile.file, day('2026-03-24'), day('2026-03-24'));
    expect(refusalOf(() => readRegister(byFile, RUN_DATE, false))).toBe(stale);
  });

  test('may name nobody where the pipeline file says so', () => {
    expect(readRegister(list(HEADER, { allowEmpty: true }), RUN_DATE, false)).toEqual({
      entries: [],
      unusable: 0,
    });
  });
});

describe('the reply of the national service', () => {
  test('is one NHS number and a comma a line', () => {
    expect(readNationalReply(list('4010232137,\n2983396339,\r\n'), RUN_DATE, false)).toEqual([
      '4010232137',
      '2983396339',
    ]);
    expect(readNationalReply(list('', { allowEmpty: true }), RUN_DATE, false)).toEqual([]);
  });

  test.each([
    ['', 'exit 1 line -: the national opt-out reply is empty'],
    ['\n', 'exit 1 line -: the national opt-out reply is empty'],
    ['4010232137,\n2983396339\n', 'exit 1 line 2: is not an NHS number followed by a comma'],
    ['4010232138,\n', 'exit 1 line 1: is not an NHS number followed by a comma'],
    ['4010232137,2983396339,\n', 'exit 1 line 1: is not an NHS number followed by a comma'],
  ])('is refused in any other shape: %j', (text, message) => {
    expect(refusalOf(() => readNationalReply(list(text), RUN_DATE, false))).toBe(message);
  });

  test('is refused when it is not there: nobody may be released', () => {
    const absent = { ...list(''), file: join(folder, 'absent') };
    expect(refusalOf(() => readNationalReply(absent, RUN_DATE, false))).toBe(
      'exit 1 line -: the national opt-out reply is missing',
    );
  });
});
