import { describe, expect, it } from 'vitest';
import { abandonRequest } from './abandon-request.ts';
import {
  controlText,
  MAILBOX,
  NationalBench,
  type Refusal,
  replyText,
  testNumbers,
} from './test-rig/national-bench.ts';

const NUMBERS = testNumbers(30);
const messageOf = ({ problems }: Refusal) => problems.map(({ message }) => message).join('; ');
const statesOf = (bench: NationalBench) => bench.ledger().requests.map(({ state }) => state);

/** A bench with some open requests: each asks about a few of the numbers. */
async function benchOf(...requests: readonly (readonly [from: number, to: number])[]) {
  const bench = new NationalBench();
  const localIds: string[] = [];
  for (const [from, to] of requests) localIds.push((await bench.ask(NUMBERS.slice(from, to)))!.localId);
  return { bench, localIds };
}

describe('a reply', () => {
  it('is the whole answer: who is not in it is left out', async () => {
    const { bench, localIds } = await benchOf([0, 10]);
    const accepted = await bench.accept(replyText(NUMBERS.slice(2, 10)));
    expect(accepted).toEqual({
      outcome: 'answered',
      localId: localIds[0],
      asked: 10,
      allowed: 8,
      leftOut: 2,
    });
    expect(bench.ledger().requests[0]).toMatchObject({ state: 'answered', leftOut: 2 });
  });

  it('may have CRLF, and its numbers in any order', async () => {
    const { bench } = await benchOf([0, 10]);
    const text = replyText(NUMBERS.slice(2, 10).reverse()).replaceAll('\n', '\r\n');
    expect(await bench.accept(text)).toMatchObject({ outcome: 'answered', allowed: 8 });
  });

  it('answers the request of its numbers, whichever was made first', async () => {
    const { bench, localIds } = await benchOf([0, 10], [10, 20]);
    expect(await bench.accept(replyText(NUMBERS.slice(11, 20)))).toMatchObject({ localId: localIds[1] });
    expect(await bench.accept(replyText(NUMBERS.slice(0, 9)))).toMatchObject({ localId: localIds[0] });
    expect(statesOf(bench)).toEqual(['answered', 'answered']);
  });

  it('that is given twice is recorded once', async () => {
    const { bench, localIds } = await benchOf([0, 10]);
    const text = replyText(NUMBERS.slice(2, 10));
    await bench.accept(text);
    const before = bench.bytes();
    expect(await bench.accept(text)).toMatchObject({ outcome: 'again', allowed: 8, leftOut: 2 });
    expect(await bench.accept(text, controlText(localIds[0]!))).toMatchObject({ outcome: 'again' });
    expect(bench.bytes().equals(before)).toBe(true);
  });

  it('that fits two open requests is refused, until its control file says which one it answers', async () => {
    const { bench, localIds } = await benchOf([0, 10], [0, 12]);
    const text = replyText(NUMBERS.slice(1, 9));
    const refusal = await bench.refusal(text);
    expect(messageOf(refusal)).toBe(`it may be the answer to any of ${localIds.join(', ')}`);
    expect(await bench.accept(text, controlText(localIds[1]!))).toMatchObject({
      localId: localIds[1],
      leftOut: 4,
    });
  });

  it('that is an older answer again is not taken for the answer to an open request', async () => {
    const { bench } = await benchOf([0, 10]);
    const text = replyText(NUMBERS.slice(2, 10));
    await bench.accept(text);
    await bench.ask(NUMBERS.slice(0, 10));
    expect(messageOf(await bench.refusal(text))).toContain('it may be the answer to any of');
    expect(statesOf(bench)).toEqual(['answered', 'open']);
  });

  it('that may be the late answer to an abandoned request needs its control file', async () => {
    const { bench, localIds } = await benchOf([0, 10]);
    await abandonRequest(localIds[0]!, bench.settings);
    const made = await bench.ask(NUMBERS.slice(0, 12));
    const text = replyText(NUMBERS.slice(2, 10));
    expect(messageOf(await bench.refusal(text))).toContain('it may be the answer to any of');
    expect(statesOf(bench)).toEqual(['abandoned', 'open']);
    expect(await bench.accept(text, controlText(made!.localId))).toMatchObject({ leftOut: 4 });
  });

  it.each([
    ['with a number that nobody asked about', [0, 10], replyText(NUMBERS.slice(5, 11)), /answers no request/],
    ['to nobody', [0, 10], replyText(NUMBERS.slice(20, 25)), /answers no request/],
    ['without any number', [0, 10], '', /it is empty/],
    ['that is the request itself', [0, 10], replyText(NUMBERS.slice(0, 10)), /as the request itself does/],
    ['of which most is missing', [0, 30], replyText(NUMBERS.slice(0, 10)), /leaves out 20 of the 30/],
  ] as const)('%s is refused', async (_, [from, to], text, message) => {
    const { bench } = await benchOf([from, to]);
    const before = bench.bytes();
    expect(messageOf(await bench.refusal(text))).toMatch(message);
    expect(bench.bytes().equals(before)).toBe(true);
  });

  it('that allows everybody is taken with a control file by which the service sent it', async () => {
    const { bench, localIds } = await benchOf([0, 10]);
    const text = replyText(NUMBERS.slice(0, 10));
    const own = controlText(localIds[0]!, { From_DTS: MAILBOX });
    expect(messageOf(await bench.refusal(text, own))).toMatch(/as the request itself does/);
    expect(await bench.accept(text, controlText(localIds[0]!))).toMatchObject({ leftOut: 0 });
  });

  it('that allows everybody is refused where that is impossible in practice', async () => {
    const bench = new NationalBench({ expectedRate: 0.5 });
    const made = await bench.ask(NUMBERS);
    const refusal = await bench.refusal(replyText(NUMBERS), controlText(made!.localId));
    expect(messageOf(refusal)).toBe('it holds all 30 NHS numbers of its request, as if nobody had opted out');
  });

  it('may be empty where the pipeline file says so', async () => {
    const bench = new NationalBench({}, true);
    await bench.ask(NUMBERS.slice(0, 3));
    expect(await bench.accept('')).toMatchObject({ outcome: 'answered', allowed: 0, leftOut: 3 });
  });

  it.each([
    ['9000000001,\n', 1, 'is not a valid NHS number'],
    [`${NUMBERS[0]},\n${NUMBERS[1]}\n`, 2, 'is not ten digits followed by a comma'],
    [
      `${NUMBERS[0]},\n${NUMBERS[1]?.slice(0, 6)}`,
      2,
      'has no line end, so that the file may be cut off here',
    ],
    [`${NUMBERS[0]},\n${NUMBERS[1]},`, 2, 'has no line end, so that the file may be cut off here'],
    [`${NUMBERS[0]},\n${NUMBERS[1]},\n${NUMBERS[0]},\n`, 3, 'is the number of line 1 again'],
    [`${NUMBERS[0]},\n9999999999,\n`, 2, 'is an NHS number that belongs to no person'],
    [`\ufeff${NUMBERS[0]},\n`, 1, 'is not ten digits followed by a comma'],
  ])('that is damaged is refused with its line (%#)', async (text, line, message) => {
    const { bench } = await benchOf([0, 10]);
    expect(await bench.refusal(text)).toMatchObject({ exitCode: 1, problems: [{ line, message }] });
    expect(statesOf(bench)).toEqual(['open']);
  });

  it('is refused with every faulty line, twenty at most', async () => {
    const { bench } = await benchOf([0, 10]);
    const { problems } = await bench.refusal('1,\n'.repeat(30));
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)!.message).toBe('and 10 more lines that cannot be read');
  });
});

describe('a control file', () => {
  it('names the request, and a reply with other numbers is refused', async () => {
    const { bench, localIds } = await benchOf([0, 10], [10, 20]);
    const refusal = await bench.refusal(replyText(NUMBERS.slice(11, 20)), controlText(localIds[0]!));
    expect(messageOf(refusal)).toBe(`9 of its 9 NHS numbers are not in the request ${localIds[0]}`);
  });

  it('of a request that this ledger has not is refused', async () => {
    const { bench } = await benchOf([0, 10]);
    const refusal = await bench.refusal(replyText(NUMBERS.slice(1, 10)), controlText('another-system-17'));
    expect(messageOf(refusal)).toContain('the ledger has no request with the LocalId of');
    expect(statesOf(bench)).toEqual(['open']);
  });

  it('of another answer to the same request is refused', async () => {
    const { bench, localIds } = await benchOf([0, 10]);
    await bench.accept(replyText(NUMBERS.slice(1, 10)));
    const refusal = await bench.refusal(replyText(NUMBERS.slice(2, 10)), controlText(localIds[0]!));
    expect(messageOf(refusal)).toBe(`the request ${localIds[0]} has another answer already`);
  });

  it.each([
    ['has no LocalId', controlText(''), 'names no LocalId'],
    ['has a LocalId with other characters', controlText('a:b'), 'names no LocalId'],
    [
      'is of another workflow',
      controlText('x', { WorkflowId: 'OTHER' }),
      'belongs to a message of another workflow',
    ],
    ['is none', '9000543664,\n', 'is not the control file of a message'],
  ])('that %s is refused', async (_, control, message) => {
    const { bench } = await benchOf([0, 10]);
    expect(messageOf(await bench.refusal(replyText(NUMBERS.slice(1, 10)), control))).toBe(message);
  });
});

describe('what else the service sends', () => {
  const status = (localId: string) => JSON.stringify({ status: 'pending', extra: { local_id: localId } });

  it.each<[string, (localId: string) => string]>([
    ['a status message in JSON', status],
    ['a status message in words', (localId) => `Subject: SUCCESS\nLocalId: ${localId}\n`],
    [
      'a report that the request was collected',
      (localId) => controlText(localId, { MessageType: 'Report', Status: 'SUCCESS' }),
    ],
  ])('%s changes nothing', async (_, text) => {
    const { bench, localIds } = await benchOf([0, 10]);
    const before = bench.bytes();
    expect(await bench.accept(text(localIds[0]!))).toEqual({ outcome: 'status', localId: localIds[0] });
    expect(bench.bytes().equals(before)).toBe(true);
  });

  it('a report of non-delivery ends its request, once', async () => {
    const { bench, localIds } = await benchOf([0, 10], [10, 20]);
    const report = controlText(localIds[1]!, { MessageType: 'Report', Status: 'ERROR' });
    const refusal = await bench.refusal(report);
    expect(messageOf(refusal)).toContain(`the ledger has it as undelivered (${localIds[1]})`);
    const before = bench.bytes();
    await bench.refusal(report);
    expect(statesOf(bench)).toEqual(['open', 'undelivered']);
    expect(bench.bytes().equals(before)).toBe(true);
    const reply = await bench.refusal(replyText(NUMBERS.slice(11, 20)), controlText(localIds[1]!));
    expect(messageOf(reply)).toBe(`the request ${localIds[1]} is recorded as undelivered`);
  });

  it('a report is known by its control file, whatever lies beside it: the request is no reply', async () => {
    const { bench, localIds } = await benchOf([0, 10]);
    const report = controlText(localIds[0]!, { MessageType: 'Report' });
    expect(messageOf(await bench.refusal(replyText(NUMBERS.slice(0, 10)), report))).toContain(
      'not delivered',
    );
    expect(statesOf(bench)).toEqual(['undelivered']);
  });

  it('an error line ends the request that its control file names', async () => {
    const { bench, localIds } = await benchOf([0, 10]);
    const error = 'The file contains an invalid NHS number';
    expect((await bench.refusal(error)).problems[0]!.wayOut).toContain(
      'name its control file with --control',
    );
    expect(statesOf(bench)).toEqual(['open']);
    expect(messageOf(await bench.refusal(error, controlText(localIds[0]!)))).toContain('as refused');
    expect(statesOf(bench)).toEqual(['refused']);
  });

  it('a report on a request that has its answer changes nothing', async () => {
    const { bench, localIds } = await benchOf([0, 10]);
    await bench.accept(replyText(NUMBERS.slice(1, 10)));
    await bench.refusal(controlText(localIds[0]!, { MessageType: 'Report' }));
    expect(statesOf(bench)).toEqual(['answered']);
  });

  it.each([
    ['an archive', Buffer.from([0x1f, 0x8b, 8, 0]), /archive or a compressed file/],
    ['a web page', '<!doctype html><title>502</title>', /is a web page/],
    ['the control file in place of the data', controlText('x'), /control file of a message/],
    ['several lines of text', 'Dear all,\nplease find attached\n', /no list of NHS numbers/],
  ])('%s is refused, and changes nothing', async (_, text, message) => {
    const { bench } = await benchOf([0, 10]);
    expect(messageOf(await bench.refusal(text))).toMatch(message);
    expect(statesOf(bench)).toEqual(['open']);
  });
});
