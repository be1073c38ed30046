import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLedger } from '../../../governance/national/ledger.ts';
import { openKeyFile } from '../../../keys/key-ring.ts';
import { BenchFolder } from '../../../run/test-rig/bench-folder.ts';
import { HOSPITAL, PIPELINE } from '../../../run/test-rig/two-sides.ts';
import { callTallystick } from '../../test-rig/call-tallystick.ts';
import { objectOf, startTallystick } from '../../test-rig/tallystick.ts';

const PEOPLE = ['9991000070', '9991012419', '9991024751', '9991037098', '9000000017', '9000000084'];
/** How often a command is killed here; `TALLYSTICK_KILLS=200` for more. */
const KILLS = Number(process.env['TALLYSTICK_KILLS'] ?? 12);
const LEDGER = { ledger: 'national.ledger', mailbox: 'X26OT001' };

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
  const rows = PEOPLE.map((nhs) => `${nhs},1,1980-03-01,SW1A 1AA,2026-01-02,2026-01-03,RX,`);
  folder.put('stays.csv', `${['nhs,sex,born,home,from,to,site,died', ...rows].join('\n')}\n`);
  putPipeline({ national: LEDGER });
});
afterEach(() => folder.remove());

function putPipeline(optOuts: object): void {
  const waived = { 'type-2': 'made-up people' };
  const file = {
    ...PIPELINE,
    sources: { hospital: HOSPITAL },
    optOuts: { waived, expectedRate: { none: 'few' }, ...optOuts },
  };
  folder.put('pipeline.yaml', JSON.stringify(file));
}

const call = (command: string, ...args: string[]) =>
  callTallystick(['opt-out', command, folder.at('pipeline.yaml'), ...args]);
const outbox = () => folder.at('outbox');
const sentFile = (ending: string) => {
  const name = readdirSync(outbox()).find((one) => one.endsWith(ending));
  return join(outbox(), name!);
};

/** Makes a request, and the reply to it. */
async function exchange(): Promise<void> {
  const made = await call('request', '--out', outbox());
  expect(made.code, made.stderr).toBe(0);
  const lines = readFileSync(sentFile('.dat'), 'latin1').split('\n');
  folder.put('reply.dat', lines.slice(1).join('\n'));
}

describe('the commands of the national service', () => {
  it('ask, accept and list, and print no NHS number', async () => {
    await exchange();
    const said = [
      await call('requests'),
      await call('accept', '--reply', folder.at('reply.dat')),
      await call('accept', '--reply', folder.at('reply.dat'), '--control', sentFile('.ctl')),
      await call('request', '--out', outbox(), '--only-new'),
      await call('requests', '--json'),
    ];
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(said[1]!.stdout).toContain('6 NHS numbers asked about, 5 may be used, 1 may not');
    expect(said[2]!.stdout).toContain('has this answer already, and nothing was recorded');
    expect(said[3]!.stdout).toContain('nothing to ask: an answer counts for all 6 NHS numbers');
    const listed = objectOf<{ allowed: number; requests: { state: string }[] }>(said[4]!);
    expect(listed).toMatchObject({ allowed: 5, optedOut: 1, requests: [{ state: 'answered', optedOut: 1 }] });
    const all = said.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    for (const number of PEOPLE) expect(all).not.toContain(number);
  });

  it('say that the request holds NHS numbers, and how it is deleted', async () => {
    const { stdout } = await call('request', '--out', outbox());
    expect(stdout).toContain('holds NHS numbers');
    expect(stdout).toMatch(/rm \S+\.dat/);
  });

  it('ask about a list instead of the extracts, and refuse one with a faulty line', async () => {
    folder.put('list.txt', '9000000017\n999 101 2419\n');
    await call('request', '--out', outbox(), '--numbers', folder.at('list.txt'));
    expect(readFileSync(sentFile('.dat'), 'latin1')).toBe('9000000017,\n9991012419,\n');
    folder.put('list.txt', '9000000017\n9000000018\n');
    const { code, stdout } = await call(
      'request',
      '--out',
      folder.at('other'),
      '--numbers',
      folder.at('list.txt'),
      '--json',
    );
    expect(code).toBe(1);
    expect(objectOf(stdoutOf(stdout))).toMatchObject({
      error: { problems: [{ line: 2, message: 'is not a valid NHS number' }] },
    });
  });

  it('abandon an open request, so that no reply is taken for it', async () => {
    await exchange();
    const localId = sentFile('.ctl').split('/').at(-1)!.replace('.ctl', '');
    expect((await call('requests', '--abandon', localId)).stdout).toContain('abandoned');
    const { code, stderr } = await call('accept', '--reply', folder.at('reply.dat'));
    expect(code).toBe(1);
    expect(stderr).toContain(`the request ${localId} is recorded as abandoned`);
    expect((await call('requests', '--abandon', localId)).code).toBe(1);
    expect((await call('requests', '--abandon', 'a:b')).code).toBe(2);
  });

  it('need a ledger in the pipeline file', async () => {
    putPipeline({ national: { reply: 'reply.dat' } });
    const { code, stderr } = await call('requests');
    expect(code).toBe(2);
    expect(stderr).toContain('the pipeline file names no national ledger');
  });

  it('answer nothing before anything was asked, and make no ledger', async () => {
    folder.put('reply.dat', '9000000017,\n');
    const { code, stderr } = await call('accept', '--reply', folder.at('reply.dat'));
    expect(code).toBe(1);
    expect(stderr).toContain('there is no national ledger yet');
    expect(readdirSync(folder.path).filter((name) => name.startsWith('national'))).toEqual([]);
  });
});

it(`accept that is killed at any of ${KILLS} moments has recorded the whole answer or nothing, and can be repeated`, async () => {
  await exchange();
  const path = folder.at('national.ledger');
  const key = openKeyFile(folder.at('linkage.key'), 'linkage');
  const before = [path, `${path}.head`].map((file) => readFileSync(file));
  const args = ['opt-out', 'accept', folder.at('pipeline.yaml'), '--reply', folder.at('reply.dat')];
  const started = performance.now();
  const whole = await startTallystick(args).ended;
  const took = performance.now() - started;
  expect(whole.code, whole.stderr).toBe(0);
  const states = new Set<string>();
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      for (const [index, file] of [path, `${path}.head`].entries()) writeFileSync(file, before[index]!);
      const { child, ended } = startTallystick(args);
      // most of the time goes by before the ledger is opened
      const timer = setTimeout(() => child.kill('SIGKILL'), took * (0.5 + (0.6 * kill) / KILLS));
      await ended;
      clearTimeout(timer);
      const [request] = readLedger(path, path, key).requests;
      states.add(request!.state);
      expect(request).toMatchObject(
        request!.state === 'open' ? { leftOut: null } : { state: 'answered', leftOut: 1 },
      );
    }
    // many moments are before the answer is recorded, and many after it
    if (KILLS >= 100) expect([...states].sort()).toEqual(['answered', 'open']);
    const again = await startTallystick(args).ended;
    expect(again.code, again.stderr).toBe(0);
    expect(readLedger(path, path, key).requests).toMatchObject([{ state: 'answered', leftOut: 1 }]);
  } finally {
    key.close();
  }
}, 600_000);

function stdoutOf(stdout: string) {
  return { code: 0, stdout, stderr: '' };
}
