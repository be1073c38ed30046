import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NationalAnswer, nationalVerdict } from '../../domain/national-verdict.ts';
import { judgeAnswers } from './judge-answers.ts';
import { answerChange, endingChange, requestChange } from './ledger-changes.ts';
import { Bench, listOf, tokenOf } from './test-rig/bench.ts';
import { tokensIn } from './token-list.ts';

const RUN_DATE = '2026-11-30';
const hexOf = (list: Uint32Array) =>
  Array.from(tokensIn(list), (token) => Buffer.from(token).toString('hex'));

/** What is done, in any order: a request for some of nine numbers, or an answer to one of the open requests. */
const histories = fc.array(
  fc.oneof(
    fc.record({
      ask: fc.uniqueArray(fc.integer({ min: 0, max: 8 }), { minLength: 1 }),
      daysAgo: fc.integer({ min: -2, max: 10 }),
    }),
    fc.record({ answer: fc.nat(5), allows: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }) }),
    fc.record({ end: fc.nat(5) }),
  ),
  { maxLength: 14 },
);

describe('the answers of a ledger', () => {
  it('give every number the verdict of the plain rule, whatever the order of requests and answers', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 8 }), (history, maxAgeDays) => {
        const bench = new Bench();
        const plain = new Map<number, NationalAnswer[]>();
        for (const one of history) {
          if ('ask' in one) {
            const at = new Date(Date.parse(`${RUN_DATE}T12:00:00Z`) - one.daysAgo * 86_400_000);
            bench.append(requestChange(`r${bench.changes}`, 'f', listOf(one.ask)), at);
            continue;
          }
          const open = bench.ledger().requests.filter(({ state }) => state === 'open');
          if (open.length === 0) continue;
          const request = open[('answer' in one ? one.answer : one.end) % open.length]!;
          if ('end' in one) {
            bench.append(endingChange(request, 'undelivered'));
            continue;
          }
          const asked = hexOf(request.readAsked());
          const numbers = Array.from({ length: 9 }, (_, n) => n).filter((n) => asked.includes(tokenOf(n)));
          bench.append(answerChange(request, listOf(numbers.filter((n) => !one.allows[n]))));
          for (const number of numbers) {
            const answer = {
              asked: request.change,
              askedOn: request.at.slice(0, 10),
              answered: bench.changes,
              allows: one.allows[number]!,
            };
            plain.set(number, [...(plain.get(number) ?? []), answer]);
          }
        }
        const judged = judgeAnswers(bench.ledger(), RUN_DATE, maxAgeDays);
        const [allowed, optedOut] = [hexOf(judged.allowed), hexOf(judged.optedOut)];
        for (let number = 0; number < 9; number += 1) {
          const token = tokenOf(number);
          const verdict = allowed.includes(token)
            ? 'allowed'
            : optedOut.includes(token)
              ? 'opted-out'
              : 'unanswered';
          expect(verdict).toBe(nationalVerdict(plain.get(number) ?? [], RUN_DATE, maxAgeDays));
        }
        expect([...allowed, ...optedOut].sort()).toEqual([...new Set([...allowed, ...optedOut])].sort());
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the verdict on a number', () => {
  const answer = (asked: number, askedOn: string, answered: number, allows: boolean): NationalAnswer => ({
    asked,
    askedOn,
    answered,
    allows,
  });

  it.each<[string, readonly NationalAnswer[], string]>([
    ['nobody asked', [], 'unanswered'],
    ['seven days ago, and allowed', [answer(1, '2026-11-23', 2, true)], 'allowed'],
    ['eight days ago', [answer(1, '2026-11-22', 2, true)], 'unanswered'],
    ['asked after the run date', [answer(1, '2026-12-01', 2, true)], 'unanswered'],
    ['left out', [answer(1, '2026-11-28', 2, false)], 'opted-out'],
    [
      'left out, and allowed by a later answer to a later request',
      [answer(1, '2026-11-27', 2, false), answer(3, '2026-11-28', 4, true)],
      'allowed',
    ],
    [
      'allowed by the later request, and left out by an answer to the earlier one that came afterwards',
      [answer(1, '2026-11-27', 4, false), answer(2, '2026-11-28', 3, true)],
      'opted-out',
    ],
    [
      'left out by the later request, whose answer came first',
      [answer(1, '2026-11-27', 4, true), answer(2, '2026-11-28', 3, false)],
      'opted-out',
    ],
    [
      'allowed, and left out by an answer to a request after the run date',
      [answer(1, '2026-11-28', 2, true), answer(3, '2026-12-02', 4, false)],
      'opted-out',
    ],
  ])('%s', (_, answers, verdict) => {
    expect(nationalVerdict(answers, RUN_DATE, 7)).toBe(verdict);
  });
});
