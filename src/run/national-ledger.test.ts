import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NhsNumber } from '../domain/nhs-number.ts';
import { openKeyFile } from '../keys/key-ring.ts';
import { isNationalLedger, type NationalLedger, type Pipeline } from '../pipeline/pipeline.ts';
import { acceptMessage } from '../provider/national/accept-message.ts';
import { collectNumbers } from '../provider/national/collect-numbers.ts';
import { makeRequest } from '../provider/national/make-request.ts';
import { BenchFolder, RUN_DATE } from './test-rig/bench-folder.ts';
import { ByteSearch } from './test-rig/byte-search.ts';
import { meaningByReference, putFixedKeys } from './test-rig/oracle-comparison/run-both.ts';
import { readRows } from './test-rig/read-rows.ts';
import { HOSPITAL, linkFrom, PIPELINE, provide } from './test-rig/two-sides.ts';

/** One of the test range a person; SUPERSEDED is the earlier number of the last of them. */
const PEOPLE = ['9991000070', '9991012419', '9991024751', '9991037098', '9000000017'] as NhsNumber[];
const SUPERSEDED = '9000000084' as NhsNumber;
const LEDGER = { ledger: 'national.ledger', mailbox: 'X26OT001', maxAge: '7d' };
const OPT_OUTS = {
  national: LEDGER,
  waived: { 'type-2': 'made-up people' },
  expectedRate: { none: 'few people' },
};

let folder: BenchFolder;
let pipeline: Pipeline;
beforeEach(() => {
  folder = BenchFolder.make();
  putFixedKeys(folder);
  const stays = PEOPLE.map(
    (nhs, index) => `${nhs},1,198${index}-03-01,SW1A ${index + 1}AA,2026-01-02,2026-01-03,RX${index},`,
  );
  folder.put('stays.csv', `${['nhs,sex,born,home,from,to,site,died', ...stays].join('\n')}\n`);
  folder.put('superseded.csv', `superseded,current\n${SUPERSEDED},${PEOPLE[4]}\n`);
  pipeline = folder.parse(fileWith());
});
afterEach(() => folder.remove());

function fileWith(optOuts: object = OPT_OUTS) {
  return {
    ...PIPELINE,
    sources: { hospital: HOSPITAL },
    optOuts,
    link: { supersededNumbers: 'superseded.csv' },
  };
}

/** Asks the service about some people on a day, and records that all but some may be used. */
async function ask(day: string, asked: readonly NhsNumber[], leftOut: readonly NhsNumber[]): Promise<void> {
  const linkageKey = openKeyFile(folder.at('linkage.key'), 'linkage');
  const settings = {
    national: ledgerOf(pipeline),
    linkageKey,
    synthetic: true,
    expectedRate: null,
    now: () => new Date(`${day}T12:00:00Z`),
    notice: () => undefined,
  };
  try {
    const made = await makeRequest(asked, { ...settings, out: folder.at('outbox'), onlyNewOn: null });
    const allowed = asked.filter((number) => !leftOut.includes(number));
    writeFileSync(folder.at('reply.dat'), allowed.map((number) => `${number},\n`).join(''));
    // as the service returns it
    const control = readFileSync(made!.control, 'utf8').replace('>X26OT001</From', '>X26HC065</From');
    writeFileSync(folder.at('reply.ctl'), control);
    await acceptMessage({ reply: folder.at('reply.dat'), control: folder.at('reply.ctl') }, settings);
  } finally {
    linkageKey.close();
  }
}

function ledgerOf({ optOuts }: Pipeline): NationalLedger {
  if (!isNationalLedger(optOuts.national)) throw new Error('the pipeline has no ledger');
  return optOuts.national;
}

/** The sites of the released stays, and why the others are held. */
async function runIt(options: { readonly runDate?: string } = {}) {
  const { result, error } = await folder.run(pipeline, options);
  if (result === null) throw error;
  const stays = await readRows(join(result.release, 'stays.arrow'));
  const receipt = result.receipts.find(({ stage, table }) => stage === 'release' && table === 'stays');
  return { sites: stays.map(({ site }) => site).sort(), dropped: receipt?.dropped, result };
}

describe('a run with a national ledger', () => {
  it('releases whom the latest answer allows, and holds the others: who opted out, and who was not answered for', async () => {
    await ask('2026-03-20', [PEOPLE[3]!], []); // too long ago
    await ask('2026-03-30', PEOPLE.slice(0, 2), [PEOPLE[1]!]);
    const { sites, dropped } = await runIt();
    expect(sites).toEqual(['RX0']);
    expect(dropped).toEqual({ 'national-opt-out': 1, 'national-unanswered': 3 });
  });

  it('releases the same persons as the reference engine', async () => {
    await ask('2026-03-20', [PEOPLE[3]!], []);
    await ask('2026-03-26', [...PEOPLE.slice(0, 3), SUPERSEDED], [PEOPLE[1]!, SUPERSEDED]);
    await ask('2026-03-30', [PEOPLE[1]!, PEOPLE[2]!, PEOPLE[4]!], [PEOPLE[2]!]);
    const reference = meaningByReference(pipeline);
    if ('exitCode' in reference) throw new Error(reference.message);
    const { sites } = await runIt();
    expect(sites).toEqual(['RX0', 'RX1']);
    expect(reference.tables['stays']!.map(({ site }) => site).sort()).toEqual(sites);
  });

  it('holds whoever opted out under a superseded number, though the current one is allowed', async () => {
    await ask('2026-03-30', [...PEOPLE, SUPERSEDED], [SUPERSEDED]);
    const { sites, dropped } = await runIt();
    expect(sites).toEqual(['RX0', 'RX1', 'RX2', 'RX3']);
    expect(dropped).toEqual({ 'national-opt-out': 1 });
  });

  it.each([
    ['there is none', async () => undefined, 'there is no national ledger yet'],
    [
      'no answer counts on the run date',
      () => ask('2026-03-24', PEOPLE, [PEOPLE[1]!]),
      'the national ledger has no answer to a request of the 7 days up to the run date',
    ],
    [
      'a request is of a later day',
      () => ask('2026-04-02', PEOPLE, [PEOPLE[1]!]),
      'the national ledger has no answer to a request of the 7 days up to the run date',
    ],
  ])('stops where %s', async (_, prepare, message) => {
    await prepare();
    const { error } = await folder.run(pipeline);
    expect(error).toMatchObject({ exitCode: 1, problems: [{ file: 'national.ledger', message }] });
    expect(meaningByReference(pipeline)).toMatchObject({ exitCode: 1 });
  });

  it('stops where a byte of the ledger is changed', async () => {
    await ask('2026-03-30', PEOPLE, [PEOPLE[1]!]);
    const path = folder.at('national.ledger');
    const bytes = readFileSync(path);
    // the last digit of the one token that is left out
    const at = bytes.lastIndexOf('\n= ') - 1;
    bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30;
    writeFileSync(path, bytes);
    const { error } = await folder.run(pipeline);
    expect(error).toMatchObject({ exitCode: 1, problems: [{ file: 'national.ledger' }] });
  });

  it('agrees with whoever links that there is a ledger, wherever it is', async () => {
    await ask('2026-03-30', PEOPLE, [PEOPLE[1]!]);
    const store = await provide(folder, pipeline, 'store');
    const elsewhere = { ...OPT_OUTS, national: { ...LEDGER, ledger: 'elsewhere', mailbox: 'OTHER' } };
    expect((await linkFrom(folder, fileWith(elsewhere), store)).error).toBeNull();
    const none = { ...OPT_OUTS, national: { reply: 'reply.dat' } };
    const { error } = await linkFrom(folder, fileWith(none), store);
    expect(error).toMatchObject({ exitCode: 1 });
  });

  it('leaves no NHS number anywhere but in the request and the reply', async () => {
    await ask('2026-03-30', PEOPLE, [PEOPLE[1]!]);
    await runIt();
    const search = new ByteSearch([], [...PEOPLE, SUPERSEDED]);
    const known = /\/(?:stays\.csv|superseded\.csv|reply\.dat|outbox\/[^/]+\.dat)$/;
    const found = search.folder(folder.path);
    expect(found.some(({ where }) => where.endsWith('stays.csv'))).toBe(true);
    expect(found.filter(({ where }) => !known.test(where))).toEqual([]);
  });
});

describe('the numbers of the extracts', () => {
  it('are each asked about once, and a superseded number as the current one', async () => {
    folder.put(
      'stays.csv',
      `nhs,sex,born,home,from,to,site,died\n${[
        ...PEOPLE,
        PEOPLE[0],
        SUPERSEDED,
        '',
        '1234567890',
        '999 101 2419',
      ]
        .map((nhs) => `${nhs},1,1980-03-01,SW1A 1AA,2026-01-02,2026-01-03,RX,`)
        .join('\n')}\n`,
    );
    const found = await collectNumbers(pipeline, new AbortController().signal);
    expect([...found.numbers]).toEqual([...PEOPLE].sort());
    expect(found).toMatchObject({ rows: 10, without: 2 });
  });
});

it(`answers count on ${RUN_DATE}, the run date of these tests`, async () => {
  await ask('2026-03-25', PEOPLE, [PEOPLE[1]!]);
  expect((await runIt()).sites).toHaveLength(4);
});
