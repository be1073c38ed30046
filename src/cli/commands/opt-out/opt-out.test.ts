import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callTallystick } from '../../test-rig/call-tallystick.ts';
import { makeOptOutBench, NUMBERS, type OptOutBench } from '../../test-rig/opt-out-bench.ts';
import { objectOf, tallystick } from '../../test-rig/tallystick.ts';

const [ADA, BEA, CYD] = NUMBERS;
const TODAY = new Date().toISOString().slice(0, 10);
const dayAfter = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
let bench: OptOutBench;
beforeEach(() => {
  bench = makeOptOutBench();
});
afterEach(() => {
  // nothing that any command wrote holds a number, in digits or as a spreadsheet groups them
  for (const name of readdirSync(bench.folder)) {
    if (name.endsWith('.csv') && name.startsWith('list')) continue;
    const text = readFileSync(bench.path(name), 'latin1');
    for (const number of NUMBERS) {
      expect(text, name).not.toContain(number);
      expect(text, name).not.toContain(`${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`);
    }
  }
  bench.remove();
});

interface Status {
  readonly changes: number;
  readonly types: {
    type: string;
    inForce: boolean;
    since: string | null;
    by: { by: string; document: string | null } | null;
  }[];
}
const status = async (number: string, ...options: string[]) =>
  objectOf<Status>(await bench.optOut('status', ['--json', ...options], number));
const inForce = ({ types }: Status) => types.flatMap(({ type, inForce }) => (inForce ? [type] : []));

test('an opt-out is recorded, shown, withdrawn from a later day, and its history kept', async () => {
  const made = await bench.optOut(
    'register',
    ['--type', 'type-1', '--from', '2026-01-02', '--by', 'anna', '--document', 'form of 2 January'],
    `${ADA.slice(0, 3)} ${ADA.slice(3, 6)} ${ADA.slice(6)}\n`,
  );
  expect(made).toMatchObject({
    code: 0,
    stdout: `type-1 opt-out registered from 2026-01-02: change 1 of ${bench.register}\n`,
  });
  const known = await status(ADA);
  expect(inForce(known)).toEqual(['type-1']);
  expect(known.types[0]).toMatchObject({
    since: '2026-01-02',
    by: { by: 'anna', document: 'form of 2 January' },
  });
  expect(inForce(await status(ADA, '--on', '2026-01-01'))).toEqual([]);
  expect(inForce(await status(BEA))).toEqual([]);

  const again = await bench.optOut('register', ['--type', 'type-1'], ADA);
  expect(again.stdout).toBe(
    'type-1: recorded already, and in force since 2026-01-02: nothing was recorded\n',
  );
  const later = await bench.optOut('withdraw', ['--type', 'type-1', '--from', dayAfter(30)], ADA);
  expect(later.code).toBe(0);
  expect(inForce(await status(ADA))).toEqual(['type-1']);
  expect(inForce(await status(ADA, '--on', dayAfter(30)))).toEqual([]);
  const { events } = objectOf<{ events: { event: string; date: string; change: number }[] }>(
    await bench.optOut('history', ['--json'], ADA),
  );
  expect(events.map(({ event, date, change }) => [event, date, change])).toEqual([
    ['registered', '2026-01-02', 1],
    ['withdrawn', dayAfter(30), 2],
  ]);
});

test('a withdrawal that ends nothing says so; one of nobody is refused unless it is meant', async () => {
  await bench.optOut('register', ['--type', 'national', '--from', TODAY], ADA);
  const tie = await bench.optOut('withdraw', ['--type', 'national'], ADA);
  expect(tie.code).toBe(0);
  expect(tie.stdout).toMatch(/The opt-out stays in force: it was registered on the same day or later/);
  expect(inForce(await status(ADA))).toEqual(['national']);
  const nobody = await bench.optOut('withdraw', ['--type', 'national'], BEA);
  expect(nobody).toMatchObject({ code: 1, stdout: '' });
  expect(nobody.stderr).toMatch(/no opt-out of national is in force for this person: nothing was recorded/);
  expect((await status(BEA)).changes).toBe(2);
  expect(await bench.optOut('withdraw', ['--type', 'national', '--record-anyway'], BEA)).toMatchObject({
    code: 0,
  });
  expect((await status(BEA)).changes).toBe(3);
});

test('a list is imported whole, once; a faulty one not at all', async () => {
  const list = bench.path('list.csv');
  const rows = [`${ADA},1,registered,2020-01-01`, `${BEA},2,registered,`, `${BEA},2,withdrawn,2021-01-01`];
  writeFileSync(list, ['nhs_number,type,event,date', ...rows, rows[0], ''].join('\n'));
  const counts = async () => objectOf(await bench.optOut('import', ['--json', '--list', list]));
  expect(await counts()).toMatchObject({ events: 4, added: 3, already: 1, changes: 1 });
  expect(await counts()).toMatchObject({ events: 4, added: 0, already: 4, changes: 1 });
  expect(inForce(await status(BEA))).toEqual(['type-2']); // undated: recorded today, after the withdrawal
  const before = readFileSync(bench.register);
  writeFileSync(
    list,
    ['nhs_number,type,event,date', `${CYD},1,registered,`, '9434765910,1,registered,', ''].join('\n'),
  );
  const refused = await bench.optOut('import', ['--list', list]);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('list.csv:3:nhs_number: is not a valid NHS number');
  expect(readFileSync(bench.register)).toEqual(before);
  expect(await bench.optOut('verify', ['--json'])).toMatchObject({ code: 0 });
  const out = bench.path('events.csv');
  expect(await bench.optOut('export', ['--out', out])).toMatchObject({ code: 0 });
  expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(5);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(await bench.optOut('export', ['--out', out])).toMatchObject({ code: 3 });
});

test('an opt-out is found under either number of a person whose number was replaced', async () => {
  bench.remove();
  const map = () => bench.path('list-of-numbers.csv');
  bench = makeOptOutBench((text) =>
    text.replace(
      'link: { ranks: two-step }',
      'link: { ranks: two-step, supersededNumbers: "${SUPERSEDED}" }',
    ),
  );
  const variables = { ...bench.variables, SUPERSEDED: map() };
  bench = { ...bench, variables };
  writeFileSync(map(), 'superseded,current\n');
  const { startOptOut } = await import('../../test-rig/opt-out-bench.ts');
  const run = (args: readonly string[], number: string) =>
    startOptOut(['opt-out', args[0]!, bench.pipeline, ...args.slice(1)], variables, number).ended;
  expect(await run(['register', '--type', 'type-1'], ADA)).toMatchObject({ code: 0 });
  writeFileSync(map(), `superseded,current\n${ADA},${BEA}\n`);
  expect(await run(['register', '--type', 'type-2'], ADA)).toMatchObject({ code: 0 });
  for (const number of [ADA, BEA])
    expect(inForce(objectOf(await run(['status', '--json'], number)))).toEqual(['type-1', 'type-2']);
});

describe('an NHS number is never taken from, or shown in, an argument', () => {
  test.each([
    ['status', 'PIPELINE', ADA],
    ['status', ADA],
    [ADA],
    ['register', 'PIPELINE', '--type', ADA],
    ['register', 'PIPELINE', '--type', 'type-1', '--by', `nurse of ${ADA}`],
    [
      'register',
      'PIPELINE',
      '--type',
      'type-1',
      `--document=${ADA.slice(0, 3)} ${ADA.slice(3, 6)} ${ADA.slice(6)}`,
    ],
    ['history', 'PIPELINE', ADA.slice(0, 9)],
    ['--nhs-number=9434765910'],
  ])('%j %j %j', async (...args) => {
    const given = args.map((one) => (one === 'PIPELINE' ? bench.pipeline : one));
    const ended = await callTallystick(['opt-out', ...given], bench.variables);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^error: an argument is an NHS number\n/);
    expect(ended.stderr).not.toMatch(/943/);
  });

  test.each([
    ['', 'stdin: holds no NHS number'],
    ['9434765910\n', 'stdin:1: is not a valid NHS number'],
    [`${ADA}\n${BEA}\n`, 'stdin: holds more than one line'],
    ['9999999999\n', 'stdin:1: is an NHS number that belongs to no person'],
    ['x'.repeat(5000), 'stdin: holds more than one line'],
  ])('%#: anything else on stdin is refused', async (stdin, message) => {
    const ended = await bench.optOut('register', ['--type', 'type-1'], stdin);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).not.toMatch(/\d{6}/);
    expect(readdirSync(bench.folder)).not.toContain('opt-outs.register');
  });
});

test.each([
  [['--type', 'type-3'], 'there is no such type of opt-out'],
  [['--type', 'type-1', '--from', '1999-12-31'], 'It must be a day from 2000 to a year ahead.'],
  [['--type', 'type-1', '--from', dayAfter(400)], 'It must be a day from 2000 to a year ahead.'],
  [['--type', 'type-1', '--by', ' '], '--by is empty'],
  [
    ['--type', 'type-1', '--document', 'Mr Smith of LS1 4AP'],
    '--document has something that looks like an identifier',
  ],
  [[], "required option '--type <type>' not specified"],
])('register %j is refused', async (options, message) => {
  const ended = await bench.optOut('register', options, ADA);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toContain(message);
});

test('a damaged register is refused by every command, and so is a pipeline without one', async () => {
  await bench.optOut('register', ['--type', 'type-1'], ADA);
  await bench.optOut('register', ['--type', 'type-1'], BEA);
  const text = readFileSync(bench.register, 'latin1');
  writeFileSync(bench.register, text.replace('registered', 'withdrawn_'), 'latin1');
  for (const [command, options] of [
    ['status', []],
    ['history', []],
    ['register', ['--type', 'type-2']],
    ['withdraw', ['--type', 'type-1']],
    ['verify', []],
    ['export', ['--out', bench.path('e.csv')]],
  ] as const) {
    const ended = await bench.optOut(command, options, ADA);
    expect(ended, command).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain(
      `${bench.register}:2: the opt-out register is damaged: change 1 does not match its digest`,
    );
  }
  const without = await tallystick(['opt-out', 'verify', 'pipelines/nightly.yaml'], bench.variables);
  expect(without).toMatchObject({ code: 2 });
  expect(without.stderr).toContain('names no opt-out register that is kept');
});

test('the group lists its commands, and completion knows them', async () => {
  const help = await tallystick(['opt-out', '--help']);
  for (const name of ['register', 'withdraw', 'status', 'history', 'import', 'export', 'verify'])
    expect(help.stdout).toContain(`\n  ${name} `);
  expect((await callTallystick(['completion', 'bash'])).stdout).toMatch(/withdraw/);
});
