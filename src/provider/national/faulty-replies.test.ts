import fc from 'fast-check';
import { expect, it } from 'vitest';
import { refused, TallystickError } from '../../domain/problem.ts';
import { tokenLines, tokenList } from '../../governance/national/token-list.ts';
import { recogniseMessage } from '../opt-outs/recognise-message.ts';
import { type DecidedReply, decideReply, readReply } from './decide-reply.ts';
import { NationalBench, replyText, testNumbers } from './test-rig/national-bench.ts';
import { tokensOfNumbers } from './token-numbers.ts';

const RUNS = 10_000;
const [ASKED, OTHERS] = [testNumbers(40).slice(0, 30), testNumbers(40).slice(30)];
const STRAY = ['', ' ', '\t', '\u0000', '\u00a0', '\ufeff', ',', 'x', '1', '-', '\r', '"', '\u0661'];

/** A reply with one damage or more, by its lines. */
const replies = fc.record({
  allowed: fc.subarray([...ASKED], { minLength: 16 }),
  damages: fc.array(
    fc.record({
      kind: fc.constantFrom(
        'stray',
        'digit',
        'cut',
        'join',
        'repeat',
        'foreign',
        'comma',
        'words',
        'blank',
        'crlf' as const,
      ),
      at: fc.nat(100_000),
      what: fc.nat(100_000),
    }),
    { maxLength: 3 },
  ),
});

type Damaged = Parameters<Parameters<typeof replies.map>[0]>[0];

function textOf({ allowed, damages }: Damaged): string {
  let text = replyText(allowed);
  for (const { kind, at, what } of damages) {
    const place = at % Math.max(1, text.length);
    const lines = text.split('\n');
    const line = at % lines.length;
    switch (kind) {
      case 'stray':
        text = text.slice(0, place) + STRAY[what % STRAY.length] + text.slice(place);
        break;
      case 'digit':
        text = text.slice(0, place) + String(what % 10) + text.slice(place + 1);
        break;
      case 'cut':
        text = text.slice(0, place);
        break;
      case 'join':
        text = text.slice(0, place).replace(/\n$/, '') + text.slice(place);
        break;
      case 'repeat':
        lines.splice(line, 0, lines[what % lines.length]!);
        text = lines.join('\n');
        break;
      case 'foreign':
        lines.splice(line, 0, `${OTHERS[what % OTHERS.length]},`);
        text = lines.join('\n');
        break;
      case 'comma':
        lines[line] = lines[line]!.replace(',', '');
        text = lines.join('\n');
        break;
      case 'words':
        lines.splice(line, 0, 'The service is not available');
        text = lines.join('\n');
        break;
      case 'blank':
        lines.splice(line, 0, '');
        text = lines.join('\n');
        break;
      case 'crlf':
        text = text.replaceAll('\n', '\r\n');
        break;
    }
  }
  return text;
}

/** The plain reading of a reply: its numbers; null where a line is no number, the last line is cut off or a number is there twice. */
function readPlainly(text: string): readonly string[] | null {
  if (text !== '' && !text.endsWith('\n')) return null;
  const lines = text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '');
  const valid = new Set<string>([...ASKED, ...OTHERS]);
  const numbers = lines.map((line) => /^([0-9]{10}),$/.exec(line)?.[1] ?? '');
  return numbers.every((one) => valid.has(one)) && new Set(numbers).size === numbers.length ? numbers : null;
}

/** Whether a reply that was read is one that the request may have. */
function isBelievable(numbers: readonly string[]): boolean {
  const isPart = numbers.every((one) => ASKED.includes(one as never));
  return isPart && numbers.length > 0 && numbers.length < ASKED.length && numbers.length * 2 >= ASKED.length;
}

/** What was seen of a refusal: it names a line, or the text as a whole, and no number. */
function checkRefusal({ problems, message }: TallystickError, numbers: readonly string[] | null) {
  for (const one of problems) expect(one.message).not.toMatch(/\d{10}/);
  const hasLine = problems.some(({ line }) => line !== undefined);
  // a text with words in it and no number is recognised as a whole
  if (numbers === null) expect(hasLine || /is (?:one line of )?text|is an archive/.test(message)).toBe(true);
  return hasLine ? 'lines' : 'whole';
}

it(`of ${RUNS} faulty replies each is refused, with its line where a line is at fault, or read right`, async () => {
  const bench = new NationalBench();
  await bench.ask(ASKED);
  const ledger = bench.ledger();
  const seen = { read: 0, lines: 0, whole: 0 };
  fc.assert(
    fc.property(replies, (damaged) => {
      const text = textOf(damaged);
      const numbers = readPlainly(text);
      const isRight = numbers !== null && isBelievable(numbers);
      let decided: DecidedReply;
      try {
        const other = recogniseMessage(text);
        if (other !== null) throw refused({ message: other.what });
        decided = decideReply(readReply(text, 'r.dat', null, null, bench.settings), ledger, bench.settings);
      } catch (fault) {
        if (!(fault instanceof TallystickError) || fault.exitCode !== 1) throw fault;
        expect(isRight).toBe(false);
        seen[checkRefusal(fault, numbers)] += 1;
        return;
      }
      expect(isRight).toBe(true);
      expect(decided.accepted).toMatchObject({ outcome: 'answered', allowed: numbers!.length });
      const leftOut = ASKED.filter((one) => !numbers!.includes(one));
      const tokens = tokenLines(tokenList(tokensOfNumbers(leftOut, bench.settings.linkageKey)));
      expect(decided.change!.lines).toEqual(tokens);
      seen.read += 1;
    }),
    { numRuns: RUNS },
  );
  expect(Math.min(seen.read, seen.lines, seen.whole)).toBeGreaterThan(RUNS / 50);
}, 600_000);

it('leaves the ledger as it was where a reply is refused, and records the whole of any other', async () => {
  let bench = new NationalBench();
  await bench.ask(ASKED);
  await fc.assert(
    fc.asyncProperty(replies, async (damaged) => {
      const text = textOf(damaged);
      const before = bench.bytes();
      const numbers = readPlainly(text);
      const result = await bench.accept(text).catch((fault: unknown) => {
        if (!(fault instanceof TallystickError) || fault.exitCode !== 1) throw fault;
        return fault;
      });
      if (result instanceof TallystickError) {
        expect(bench.bytes().equals(before)).toBe(true);
        checkRefusal(result, numbers);
        return;
      }
      const [request] = bench.ledger().requests;
      expect(request).toMatchObject({ state: 'answered', leftOut: 30 - numbers!.length });
      // the next reply needs an open request
      bench = new NationalBench();
      await bench.ask(ASKED);
    }),
    { numRuns: 150 },
  );
}, 300_000);
