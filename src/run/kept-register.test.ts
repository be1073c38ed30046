/** Runs that read the register that tallystick keeps, beside the same opt-outs in a list. */
import { randomBytes } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NhsNumber } from '../domain/nhs-number.ts';
import { appendToLog } from '../governance/log/append-to-log.ts';
import { registerLine } from '../governance/register/register-line.ts';
import { KeyRing, openKeyFile } from '../keys/key-ring.ts';
import { TokenKernel } from '../provider/tokenise/token-kernel.ts';
import { BenchFolder } from './test-rig/bench-folder.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

/** `nhs_number,type,event,date`, as the lines of a register that is a list. */
const NUMBERS = [
  '9990548609',
  '9990000018',
  '9434765919',
  '9876543210',
  '9449305552',
  '9990000107',
  '9990000115',
] as const;
const [A, B, C, D, E, F, G] = NUMBERS;
const EVENTS = [
  [A, 'type-1', 'registered', '2020-01-01'],
  [B, 'type-2', 'registered', '2020-01-01'],
  [C, 'national', 'registered', '2020-01-01'],
  [C, 'national', 'withdrawn', '2021-01-01'],
  [D, 'national', 'registered', '2027-01-01'],
  [E, 'national', 'registered', '1900-01-01'],
  [F, 'type-2', 'withdrawn', '2020-01-01'],
] as const;

/** Records the events in the register, several changes of it. */
async function keep(
  events: readonly (readonly [string, string, string, string])[] = EVENTS,
  on = '2026-03-30',
  key: KeyRing = openKeyFile(folder.at('linkage.key'), 'linkage'),
): Promise<string> {
  const kernel = new TokenKernel(key, ['nhs-number']);
  const lines = events.map(([number, type, kind, date]) =>
    registerLine({
      token: Buffer.from(kernel.tokenOf('nhs-number', number as NhsNumber)).toString('hex'),
      type,
      kind: kind as 'registered',
      date: date === '' ? null : date,
    }),
  );
  kernel.close();
  const settings = { kind: 'opt-out-register', key, now: () => new Date(`${on}T12:00:00Z`) } as const;
  const path = folder.at('register.events');
  for (const line of lines)
    await appendToLog(
      path,
      settings,
      { command: 'register', by: 'a test', document: 'none' },
      Buffer.from(line),
    );
  return path;
}

const KEPT = { events: 'register.events' };

function pipeline(register: object, more: object = {}): object {
  const columns = { nhs: { role: 'nhs-number' }, what: { role: 'category' } };
  const flat = (setting: string, table: string) => ({
    setting,
    tables: { [table]: { files: `${table}.csv`, columns } },
  });
  return {
    tallystick: 1,
    name: 'tiny',
    synthetic: true,
    keys: { linkage: { file: 'linkage.key' }, release: { file: 'release.key' } },
    sources: { surgery: flat('gp', 'visits'), ward: flat('hospital', 'stays') },
    optOuts: { register, ...more },
    link: { supersededNumbers: 'superseded.csv' },
    release: { agreement: 'tiny-001', tables: { visits: { what: 'keep' }, stays: { what: 'keep' } } },
  };
}

function deliver(): void {
  for (const table of ['visits', 'stays'])
    folder.put(
      `${table}.csv`,
      `nhs,what\n${NUMBERS.map((number, index) => `${number},${index}\n`).join('')}`,
    );
  folder.put('superseded.csv', `superseded,current\n${B},${G}\n`);
}

describe('a run with a kept register', () => {
  it('releases what it releases with the same events in a list, and says which state it used', async () => {
    deliver();
    folder.put(
      'register.csv',
      `nhs_number,type,event,date\n${EVENTS.map((event) => `${event.join(',')}\n`).join('')}`,
    );
    const released = async (register: object) => {
      const { rows, result, text } = await folder.publish(pipeline(register));
      const what = async (table: string) => (await rows(table)).map((row) => String(row['what'])).sort();
      const { optOuts, receipts } = JSON.parse(text('operator/receipts.json')) as {
        optOuts: { register: unknown; keptRegister?: { changes: number; events: number } };
        receipts: unknown;
      };
      return {
        rows: [await what('visits'), await what('stays')],
        persons: result.persons,
        register: optOuts.register,
        receipts,
        kept: optOuts.keptRegister,
      };
    };
    const { kept: none, ...byList } = await released({ file: 'register.csv', asOf: '2026-04-01' });
    expect(none).toBe(undefined);
    await keep();
    const { kept, ...byRegister } = await released(KEPT);
    expect(byRegister).toEqual(byList);
    // A stops in the surgery; B is G; E cannot have opted out in 1900, and stays opted out
    expect(byRegister.rows).toEqual([
      ['2', '3', '5'],
      ['0', '2', '3', '5'],
    ]);
    expect(kept).toEqual({
      changes: EVENTS.length,
      events: EVENTS.length,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      lastChange: '2026-03-30',
    });
  });

  it('is compared with the register of the night before: an earlier copy of it stops the run', async () => {
    deliver();
    const path = await keep(EVENTS.slice(0, 4));
    const earlier = [path, `${path}.head`].map((file) => [file, readFileSync(file)] as const);
    await keep(EVENTS.slice(4));
    await folder.publish(pipeline(KEPT));
    await folder.publish(pipeline(KEPT), { runDate: '2026-04-02' });
    for (const [file, bytes] of earlier) writeFileSync(file, bytes);
    // the mark of the file in its head is that of another file by now: whoever verifies it renews it, as an honest mistake would
    await expect(folder.publish(pipeline(KEPT), { runDate: '2026-04-03' })).rejects.toThrow(
      'the kept register has 4 changes; it had 7',
    );
  });

  it('puts it on one timeline with lists in other layouts', async () => {
    deliver();
    await keep();
    folder.put('withdrawals.csv', `who\n${A}\n`);
    const lists = [
      {
        name: 'withdrawals',
        file: 'withdrawals.csv',
        asOf: '2026-04-01',
        columns: { who: { role: 'nhs-number' } },
        type: 'type-2',
        event: 'registered',
      },
    ];
    const { rows } = await folder.publish(pipeline(KEPT, { lists }));
    expect((await rows('stays')).map(({ what }) => String(what)).sort()).toEqual(['2', '3', '5']);
  });

  it.each([
    [
      'is damaged',
      (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('2020-01-01', '2020-01-02')),
      'exit 1: register.events:2: the opt-out register is damaged',
    ],
    [
      'is shorter than its head',
      (path: string) => truncateSync(path, readFileSync(path).length - 200),
      'exit 1: register.events: the opt-out register ends after change',
    ],
  ])('is refused where the register %s', async (_, spoil, message) => {
    deliver();
    spoil(await keep());
    expect(await folder.refusal(pipeline(KEPT))).toContain(message);
  });

  it('is refused where the register is of another key, is missing, is empty, or has a type that is not declared', async () => {
    deliver();
    expect(await folder.refusal(pipeline(KEPT))).toContain(
      'exit 1: register.events: the opt-out register is missing',
    );
    await keep([], '2026-03-30', new KeyRing(new Uint8Array(32).fill(1)));
    expect(await folder.refusal(pipeline(KEPT))).toContain('is missing');
    await keep([[A, 'fundraising', 'registered', '']]);
    expect(await folder.refusal(pipeline(KEPT))).toContain(
      'has events of the types fundraising, which the pipeline file does not declare',
    );
    folder.put('linkage.key', randomBytes(32));
    expect(await folder.refusal(pipeline(KEPT))).toContain(
      'the opt-out register was made with another linkage key',
    );
  });

  it('is refused by the age of its last change where one is declared, and else by how often it changes', async () => {
    deliver();
    await keep(EVENTS, '2026-03-01');
    expect(await folder.refusal(pipeline({ ...KEPT, maxAge: '7d' }))).toContain(
      'nothing has been recorded in the opt-out register for 31 days; at most 7 are allowed',
    );
    const { result } = await folder.publish(pipeline(KEPT));
    expect(result.warnings.map(({ message }) => message)).toContain(
      'nothing has been recorded in the opt-out register for 31 days',
    );
  });
});
