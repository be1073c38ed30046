import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Night } from '../baseline/night.ts';
import type { NhsNumber } from '../domain/nhs-number.ts';
import { appendToLog } from '../governance/log/append-to-log.ts';
import { registerLine } from '../governance/register/register-line.ts';
import { openKeyFile } from '../keys/key-ring.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { TokenKernel } from '../provider/tokenise/token-kernel.ts';
import { reconcileOptOuts } from './reconcile-opt-outs.ts';
import { BenchFolder } from './test-rig/bench-folder.ts';
import { nightlyPipeline, putNight } from './test-rig/nightly-data.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

/** Patients of the first practice, then of the second, and so on; a code of a practice and how many of its patients opted out in codes. */
type Practices = Readonly<Record<string, number>>;
const PATIENTS = 400;

/** A night whose patients table names practices. */
function put(practices: Practices, flagged = 3): void {
  putNight(folder, { patients: PATIENTS, coded: 0 });
  const names = Object.keys(practices);
  const [, ...rows] = readFileSync(folder.at('patients.csv'), 'utf8').trimEnd().split('\n');
  const practiceOf = (index: number) => names[index % names.length]!;
  const flagOf = (index: number) => (index >= PATIENTS - flagged ? 'Y' : 'N');
  folder.put(
    'patients.csv',
    `key,nhs,dob,sex,home,practice,refused\n${rows.map((row, index) => `${row},${practiceOf(index)},${flagOf(index)}`).join('\n')}\n`,
  );
  const coded = names.flatMap((name, first) =>
    Array.from(
      { length: practices[name]! },
      (_, index) => `k${first + index * names.length},2025-01-01,827241000000103`,
    ),
  );
  folder.put(
    'visits.csv',
    `${readFileSync(folder.at('visits.csv'), 'utf8').trimEnd()}\n${coded.join('\n')}\n`,
  );
}

function pipeline(more: object = {}) {
  const made = nightlyPipeline(more) as {
    sources: { surgery: { patients: { columns: Record<string, object> } } };
  };
  Object.assign(made.sources.surgery.patients.columns, {
    practice: { role: 'organisation' },
    refused: { role: 'opt-out-flag', type: 'national', values: { Y: 'registered', N: 'none' } },
  });
  return folder.parse(made);
}

async function run(date: string, more: object = {}): Promise<string> {
  const { error, result } = await folder.run(pipeline(more), { runDate: date });
  return result === null ? String((error as Error).message) : 'published';
}

const home = () => join(folder.out, 'tiny');
async function reconcile(date: string, more: object = {}) {
  const settings: RunSettings = {
    runDate: date,
    threads: 1,
    memory: '1GiB',
    privateDirectory: folder.path,
    progress: { begin: () => {}, end: () => {} } as unknown as RunSettings['progress'],
    log: () => {},
    signal: new AbortController().signal,
  };
  return reconcileOptOuts(pipeline(more), home(), settings);
}
const lastNight = () => {
  const { nights } = JSON.parse(readFileSync(join(home(), 'baseline.json'), 'utf8')) as { nights: Night[] };
  return nights.at(-1)!.optOutTally;
};

describe('opt-outs of a night', () => {
  it('are counted by origin, type and practice, and kept', async () => {
    put({ A81001: 12, B82002: 8, C83003: 0 });
    expect(await run('2026-04-02')).toBe('published');
    expect(lastNight()).toEqual({
      events: {
        'code/surgery/type-1': 20,
        'flag/surgery/national': 3,
        'list/register/type-1': 40,
        'list/register/type-2': 40,
      },
      inForce: {
        'code/surgery/type-1': 20,
        'flag/surgery/national': 3,
        'list/register/type-1': 40,
        'list/register/type-2': 40,
      },
      practices: {
        surgery: {
          since: 'nothing',
          kinds: ['code/type-1', 'flag/national', 'in-force/national', 'in-force/type-1'],
          // the flags are of the last three patients, one of each practice
          counts: 'A81001 12 1 1 12;B82002 8 1 1 8;C83003 0 1 1 0',
        },
      },
      register: null,
    });
  });

  it('are reconciled before the run by what the run then does', async () => {
    put({ A81001: 12, B82002: 8, C83003: 9 });
    expect((await reconcile('2026-04-02')).nights).toEqual([]);
    expect(existsSync(home())).toBe(false);
    expect(await run('2026-04-02')).toBe('published');
    const kept = readFileSync(join(home(), 'baseline.json'));

    const same = await reconcile('2026-04-03');
    expect(same.nights).toEqual(['2026-04-02']);
    expect(same.findings).toEqual([]);
    expect(same.series).toContainEqual({
      series: 'events:coded/surgery/type-1',
      last: { date: '2026-04-02', value: 29 },
      best: { date: '2026-04-02', value: 29 },
      now: 29,
      finding: null,
    });

    put({ A81001: 12, B82002: 0, C83003: 20 });
    const { findings, practices } = await reconcile('2026-04-03');
    const silent = 'practices of surgery that had coded type-1 events and have none now: B82002 (8 before)';
    expect(findings.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([`stop: ${silent}`]);
    expect(practices.filter(({ verdict }) => verdict !== null)).toEqual([
      {
        source: 'surgery',
        practice: 'B82002',
        kind: 'code/type-1',
        last: 8,
        best: 8,
        usual: 8,
        now: 0,
        verdict: 'stop',
      },
      {
        source: 'surgery',
        practice: 'B82002',
        kind: 'in-force/type-1',
        last: 8,
        best: 8,
        usual: 8,
        now: 0,
        verdict: 'stop',
      },
    ]);
    expect(readFileSync(join(home(), 'baseline.json'))).toEqual(kept);
    expect(await run('2026-04-03')).toContain(silent);
  });

  it('in a cell that is no code of an organisation are not kept by its text', async () => {
    put({ A81001: 6, 'SW1A 2AA': 3, SW1A2AA: 2, 'Dr Mahmood': 1 });
    expect(await run('2026-04-02')).toBe('published');
    const { counts } = lastNight().practices['surgery']!;
    expect(counts).toBe('A81001 6 0 0 6;other 6 3 3 6');
  });
});

describe('the kept register', () => {
  const KEPT = {
    optOuts: {
      register: { events: 'register.events' },
      codes: { table: 'visits', column: 'code', date: 'seen' },
    },
  };

  /** Records people of the patients table, one change each. */
  async function record(from: number, to: number): Promise<void> {
    const key = openKeyFile(folder.at('linkage.key'), 'linkage');
    const kernel = new TokenKernel(key, ['nhs-number']);
    const numbers = readFileSync(folder.at('patients.csv'), 'utf8').match(/999\d{7}/g)!;
    const settings = { kind: 'opt-out-register', key, now: () => new Date('2026-04-01T12:00:00Z') } as const;
    for (const number of numbers.slice(from, to)) {
      const token = Buffer.from(kernel.tokenOf('nhs-number', number as NhsNumber)).toString('hex');
      const line = registerLine({ token, type: 'type-1', kind: 'registered', date: '2020-01-01' });
      const header = { command: 'register', by: 'a test', document: 'none' };
      await appendToLog(folder.at('register.events'), settings, header, Buffer.from(line));
    }
    kernel.close();
    key.close();
  }

  it('is counted, and an earlier copy of it stops the run and the command, though it is whole', async () => {
    put({ A81001: 12, B82002: 8 });
    await record(0, 20);
    const early = ['register.events', 'register.events.head'].map(
      (name) => [name, readFileSync(folder.at(name))] as const,
    );
    await record(20, 21);
    expect(await run('2026-04-02', KEPT)).toBe('published');
    const { register, events, inForce } = lastNight();
    expect(register).toMatchObject({ changes: 21, events: 21 });
    expect(register?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(events['list/register/type-1']).toBe(21);
    expect(inForce['list/register/type-1']).toBe(21);
    expect((await reconcile('2026-04-03', KEPT)).findings).toEqual([]);

    for (const [name, bytes] of early) folder.put(name, bytes);
    const shorter = 'the kept register has 20 changes; it had 21 on 2026-04-02';
    expect((await reconcile('2026-04-03', KEPT)).findings.map(({ message }) => message)).toEqual([shorter]);
    expect(await run('2026-04-03', KEPT)).toContain(shorter);
  });
});
