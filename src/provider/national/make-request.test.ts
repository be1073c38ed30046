import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isMessageId } from '../../domain/national-request.ts';
import type { NhsNumber } from '../../domain/nhs-number.ts';
import { writeUnsent } from './outbox.ts';
import { NationalBench, replyText, testNumbers } from './test-rig/national-bench.ts';

/** Of the test range, with correct check digits: of the published test numbers of the service only one has one. */
const NUMBERS = ['9000956404', '9000543665', '9000962382', '9000429323', '9000617014'] as NhsNumber[];

describe('a request', () => {
  it('is one number a line in ascending order, with a comma, LF, and nothing else', async () => {
    const made = await new NationalBench().ask(NUMBERS);
    expect(readFileSync(made!.data, 'latin1')).toBe(
      '9000429323,\n9000543665,\n9000617014,\n9000956404,\n9000962382,\n',
    );
  });

  it('has a control file beside it', async () => {
    const made = await new NationalBench().ask(NUMBERS);
    expect(readFileSync(made!.control, 'latin1')).toBe(`<DTSControl>
  <Version>1.0</Version>
  <AddressType>DTS</AddressType>
  <MessageType>Data</MessageType>
  <From_DTS>X26OT001</From_DTS>
  <To_DTS>X26HC065</To_DTS>
  <Subject>X26OT001-20261130-120000-0001</Subject>
  <LocalId>X26OT001-20261130-120000-0001</LocalId>
  <DTSId></DTSId>
  <WorkflowId>SPINE_NTT_UPHOLDING</WorkflowId>
  <Encrypted>N</Encrypted>
  <Compressed>N</Compressed>
  <StatusRecord></StatusRecord>
</DTSControl>
`);
  });

  it('is readable by its owner only, under a name that a message may have, and no other file is left', async () => {
    const bench = new NationalBench();
    const made = await bench.ask(NUMBERS);
    expect([made!.data, made!.control].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(isMessageId(made!.localId)).toBe(true);
    expect(readdirSync(bench.path('out')).sort()).toEqual([`${made!.localId}.ctl`, `${made!.localId}.dat`]);
    expect(readdirSync(bench.folder).sort()).toEqual(['national.ledger', 'national.ledger.head', 'out']);
  });

  it('is in the ledger, in which no number is', async () => {
    const bench = new NationalBench();
    const made = await bench.ask(NUMBERS);
    const [request] = bench.ledger().requests;
    expect(request).toMatchObject({ localId: made!.localId, asked: 5, state: 'open' });
    for (const number of NUMBERS) expect(bench.bytes().includes(number)).toBe(false);
  });

  it('has another LocalId than any other, within one second too', async () => {
    const bench = new NationalBench();
    const made = [await bench.ask(NUMBERS), await bench.ask(NUMBERS)];
    expect(new Set(made.map((one) => one!.localId)).size).toBe(2);
  });

  it('has a keyed digest in the ledger: nobody finds a number by trying all', async () => {
    const { createHash } = await import('node:crypto');
    const bench = new NationalBench();
    await bench.ask(NUMBERS.slice(0, 1));
    const plain = createHash('sha256').update('9000956404,\n').digest('hex');
    expect(bench.bytes().includes(plain)).toBe(false);
    expect(bench.bytes().toString('latin1')).toMatch(/"file":"[0-9a-f]{64}"/);
  });
});

describe('a request for what is new', () => {
  it('leaves out numbers of which an answer counts on the run date', async () => {
    const bench = new NationalBench();
    const numbers = testNumbers(8);
    await bench.ask(numbers.slice(0, 5));
    await bench.accept(replyText(numbers.slice(1, 5)));
    const made = await bench.ask(numbers, '2026-12-07');
    expect(readFileSync(made!.data, 'latin1')).toBe(replyText(numbers.slice(5)));
    expect(made).toMatchObject({ asked: 3, answered: 5 });
  });

  it('asks again about numbers whose answer is too old on the run date', async () => {
    const bench = new NationalBench();
    const numbers = testNumbers(5);
    await bench.ask(numbers);
    await bench.accept(replyText(numbers.slice(1)));
    expect((await bench.ask(numbers, '2026-12-08'))!.asked).toBe(5);
  });

  it('is none where an answer counts for every number: nothing is written', async () => {
    const bench = new NationalBench();
    const numbers = testNumbers(5);
    await bench.ask(numbers);
    await bench.accept(replyText(numbers.slice(1)));
    const before = bench.bytes();
    expect(await bench.ask(numbers, '2026-11-30')).toBeNull();
    expect(bench.bytes().equals(before)).toBe(true);
    expect(readdirSync(bench.path('out'))).toHaveLength(2);
  });
});

describe('what an interrupted request left', () => {
  it('is removed where the ledger has no such request', async () => {
    const bench = new NationalBench();
    mkdirSync(bench.path('out'));
    writeUnsent(bench.path('out'), 'X26OT001-20261130-110000-0001', '9000543665,\n', 'control');
    const made = await bench.ask(NUMBERS);
    expect(readdirSync(bench.path('out')).sort()).toEqual([`${made!.localId}.ctl`, `${made!.localId}.dat`]);
    expect(bench.notices.join()).toContain('removed the files of the request X26OT001-20261130-110000-0001');
  });

  it('is handed over where the ledger has it', async () => {
    const bench = new NationalBench();
    const made = (await bench.ask(NUMBERS))!;
    const text = readFileSync(made.data, 'latin1');
    const { renameSync } = await import('node:fs');
    for (const ending of ['dat', 'ctl'])
      renameSync(
        bench.path(`out/${made.localId}.${ending}`),
        bench.path(`out/.${made.localId}.${ending}.unsent`),
      );
    await bench.ask(NUMBERS);
    expect(readFileSync(made.data, 'latin1')).toBe(text);
    expect(existsSync(made.control)).toBe(true);
    expect(bench.notices.join()).toContain(`handed over the request ${made.localId}`);
  });

  it('is removed where the ledger cannot be written', async () => {
    const bench = new NationalBench();
    writeFileSync(bench.settings.national.ledger, 'no ledger');
    await expect(bench.ask(NUMBERS)).rejects.toThrow(/first line/);
    expect(readdirSync(bench.path('out'))).toEqual([]);
  });
});
