import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { REGISTER_LAYOUT } from '../../pipeline/list-layout.ts';
import type { OptOutList } from '../../pipeline/pipeline.ts';
import { readLaidOutList } from './read-laid-out-list.ts';
import { refusalOfPromise } from './test-rig/refusal-of.ts';

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
const WORDS = { what: 'opt-out register', key: 'optOuts.register', repair: 'the register' };
const read = async (one: OptOutList, allowTestRange = false) => {
  const { entries, findings } = await readLaidOutList(one, REGISTER_LAYOUT, WORDS, RUN_DATE, allowTestRange);
  return { entries, findings };
};
const good = '4010232137,1,registered,2020-01-01\n';

test('a register is read line by line, NHS numbers in any accepted form', async () => {
  const text = `\ufeffdate,nhs_number,event,type\n2020-01-01,401 023 2137,registered,1\n,607230002,withdrawn,national\n`;
  expect(await read(list(text))).toEqual({
    entries: [
      { nhsNumber: '4010232137', event: { type: 'type-1', kind: 'registered', date: '2020-01-01' } },
      { nhsNumber: '0607230002', event: { type: 'national', kind: 'withdrawn', date: null } },
    ],
    findings: [],
  });
});

test('a list may be longer than a block of the scanner', async () => {
  const lines = 20_000;
  expect((await read(list(HEADER + good.repeat(lines)))).entries).toHaveLength(lines);
  const bad = await refusalOfPromise(read(list(`${HEADER}${good.repeat(lines)}4010232138,1,registered,\n`)));
  expect(bad).toBe(`exit 1 line ${lines + 2}: is not a valid NHS number`);
});

test('numbers of the test range are taken where the run is of made-up people', async () => {
  const text = `${HEADER}9434765919,2,registered,\n`;
  expect((await read(list(text), true)).entries).toHaveLength(1);
  expect(await refusalOfPromise(read(list(text)))).toBe(
    'exit 1 line 2: is an NHS number of the test range; a run of made-up people says synthetic: true',
  );
});

describe('a register is refused where it cannot be understood', () => {
  test.each([
    ['', 'exit 1 line -: the opt-out register is empty'],
    [HEADER, 'exit 1 line -: the opt-out register is empty'],
    [`${HEADER}"4010232137,1`, 'exit 1 line 2: has a quoted cell that does not end where it should'],
    [
      `nhs_number,type,event\n${good}`,
      "exit 1 line 1: the opt-out register's header must name nhs_number, type, event, date, each once",
    ],
    [
      `nhs_number,type,event,date,nhs_number\n${good}`,
      "exit 1 line 1: the opt-out register's header must name nhs_number, type, event, date, each once",
    ],
    [`${HEADER}${good}4010232137,1,registered\n`, 'exit 1 line 3: has too few or too many columns'],
    [`${HEADER}${good}4010232137,1,registered,,\n`, 'exit 1 line 3: has too few or too many columns'],
    [`${HEADER}${good},,,\n`, 'exit 1 line 3: is not 1, 2 or national'],
    [`${HEADER}4010232137,3,registered,\n`, 'exit 1 line 2: is not 1, 2 or national'],
    [`${HEADER}4010232137,constructor,registered,\n`, 'exit 1 line 2: is not 1, 2 or national'],
    [`${HEADER}\n\n4010232137,3,registered,\n`, 'exit 1 line 4: is not 1, 2 or national'],
    [`${HEADER}4010232137,1,opted out,\n`, 'exit 1 line 2: is not registered or withdrawn'],
    [`${HEADER}4010232137,1,,\n`, 'exit 1 line 2: is not registered or withdrawn'],
    [`${HEADER}4010232137,1,registered,01/01/2020\n`, 'exit 1 line 2: is not a date, YYYY-MM-DD'],
    [`${HEADER}4010232138,1,registered,\n`, 'exit 1 line 2: is not a valid NHS number'],
    [`${HEADER}${good},1,registered,\n`, 'exit 1 line 3: holds no NHS number'],
    [`${HEADER}${good}401 0232137,1,registered,\n`, 'exit 1 line 3: is not a valid NHS number'],
    [`${HEADER}${good}4.01E+09,1,registered,\n`, 'exit 1 line 3: is not a valid NHS number'],
    [`${HEADER}${good}4010232137.0,1,registered,\n`, 'exit 1 line 3: is not a valid NHS number'],
    [
      `${HEADER}${good}0000000000,2,registered,\n`,
      'exit 1 line 3: is an NHS number that belongs to no person',
    ],
  ])('%j', async (text, message) => {
    expect(await refusalOfPromise(read(list(text)))).toBe(message);
  });

  test('with every faulty line, and no more than twenty of them with their locations', async () => {
    const bad = '4010232138,1,registered,\n';
    expect(await refusalOfPromise(read(list(`${HEADER}${bad}${good}${bad}`)))).toBe(
      'exit 1 line 2: is not a valid NHS number line 4: is not a valid NHS number',
    );
    const many = await refusalOfPromise(read(list(HEADER + bad.repeat(25))));
    expect(many.match(/line \d+/g)).toHaveLength(20);
    expect(many).toMatch(/line -: and 5 more lines that cannot be read$/);
  });
});

test('a register whose date is after the run date is refused, for it would never grow stale', async () => {
  expect(await refusalOfPromise(read(list(HEADER + good, { asOf: '2062-04-01' })))).toBe(
    'exit 1 line -: the opt-out register is dated 2062-04-01, which is after the run date',
  );
});

describe('the age of a register', () => {
  const stale = 'exit 1 line -: the opt-out register is 8 days old on the run date; at most 7 are allowed';
  const touch = ({ file }: OptOutList, date: string) =>
    utimesSync(file, Date.parse(date) / 1000, Date.parse(date) / 1000);
  const byItself = (text: string, fileDay: string) => {
    const one = list(text, { asOf: null });
    touch(one, fileDay);
    return one;
  };

  test('is that of its own date', async () => {
    expect((await read(list(HEADER + good, { asOf: '2026-03-25' }))).findings).toEqual([]);
    expect(await refusalOfPromise(read(list(HEADER + good, { asOf: '2026-03-24' })))).toBe(stale);
  });

  test('else of its latest event, however old its file', async () => {
    const recent = `${HEADER}${good}4010232137,1,withdrawn,2026-03-25\n`;
    expect((await read(byItself(recent, '2020-01-01'))).findings).toEqual([]);
  });

  test('else of its file, and that is said', async () => {
    expect((await read(byItself(HEADER + good, '2026-03-25'))).findings).toMatchObject([
      {
        check: 'list-age',
        severity: 'warn',
        file: 'list',
        message:
          'nothing says how old the opt-out register is but the time of its file, and a copy of an old list looks new',
      },
    ]);
    expect(await refusalOfPromise(read(byItself(HEADER + good, '2026-03-24')))).toBe(stale);
  });

  test('is that of its latest event where a busy list ended long ago and was copied today', async () => {
    const busy = HEADER + '4010232137,1,registered,2026-03-24\n'.repeat(700);
    expect(await refusalOfPromise(read(byItself(busy, '2026-04-01')))).toBe(
      'exit 1 line -: the opt-out register is, by its latest event, 8 days old on the run date; at most 7 are allowed',
    );
  });

  test('is not known by a file of the future', async () => {
    expect(await refusalOfPromise(read(byItself(HEADER + good, '2099-01-01')))).toBe(
      'exit 1 line -: nothing says how old the opt-out register is but the time of its file, which is in the future',
    );
    expect((await read(list(HEADER + good))).entries).toHaveLength(1);
  });
});

test('a register may be empty where the pipeline file says so', async () => {
  for (const text of [HEADER, '']) {
    expect(await read(list(text, { allowEmpty: true }))).toEqual({ entries: [], findings: [] });
  }
});

test('a folder, or nothing, is no register', async () => {
  const there = list(HEADER + good);
  expect(await refusalOfPromise(read({ ...there, file: folder }))).toBe(
    'exit 1 line -: the opt-out register is a folder, and not a plain file',
  );
  expect(await refusalOfPromise(read({ ...there, file: join(folder, 'absent') }))).toBe(
    'exit 1 line -: the opt-out register is missing',
  );
});
