import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TallystickError } from '../../domain/problem.ts';
import { abandonRequest } from './abandon-request.ts';
import { controlText, MAILBOX, NationalBench, replyText, testNumbers } from './test-rig/national-bench.ts';

const NUMBERS = testNumbers(12);
const subsets = fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 12 });

/** What may happen, in any order. */
const happenings = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ ask: subsets.filter((some) => some.length > 0) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        /** to which request, without whom, and whether it comes with its control file, another one or none */
        replyTo: fc.nat(5),
        without: subsets,
        control: fc.constantFrom('none', 'its own', 'another', 'of the request', 'unknown' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ foreign: subsets }) },
    { weight: 1, arbitrary: fc.record({ cut: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ report: fc.nat(5), says: fc.constantFrom('ERROR', 'SUCCESS') }) },
    { weight: 3, arbitrary: fc.record({ again: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ abandon: fc.nat(5) }) },
  ),
  { maxLength: 12 },
);

interface PlainRequest {
  readonly localId: string;
  readonly asked: ReadonlySet<number>;
  state: string;
  allowed: ReadonlySet<number> | null;
}

/** The plain rule: what becomes of a reply with these numbers, by the requests as they are. */
function plainly(
  requests: readonly PlainRequest[],
  allowed: ReadonlySet<number>,
  control: { readonly localId: string; readonly fromService: boolean } | null,
): { readonly outcome: 'answered' | 'again' | 'refused'; readonly request?: PlainRequest } {
  const isPart = ({ asked }: PlainRequest) => [...allowed].every((one) => asked.has(one));
  const isSame = (one: PlainRequest) =>
    one.allowed !== null &&
    one.allowed.size === allowed.size &&
    [...allowed].every((n) => one.allowed!.has(n));
  const chosen = control === null ? requests : requests.filter(({ localId }) => localId === control.localId);
  const open = chosen.filter((one) => one.state === 'open' && isPart(one));
  const again = chosen.filter((one) => one.state === 'answered' && isPart(one) && isSame(one));
  if (open.length === 0 && again.length > 0) return { outcome: 'again', request: again[0]! };
  const [request] = open;
  const late = chosen.filter((one) => one.state === 'abandoned' && isPart(one));
  if (request === undefined || open.length + again.length + late.length > 1) return { outcome: 'refused' };
  const isWhole = allowed.size === request.asked.size;
  const isTooShort =
    request.asked.size - allowed.size > 10 && (request.asked.size - allowed.size) * 2 > request.asked.size;
  if (allowed.size === 0 || (isWhole && control?.fromService !== true) || (isTooShort && control === null))
    return { outcome: 'refused' };
  return { outcome: 'answered', request };
}

it('gives every message what the plain rule gives it, in whatever order requests and messages come', async () => {
  const seen = { answered: 0, again: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(happenings, async (history) => {
      const bench = new NationalBench();
      const requests: PlainRequest[] = [];
      const textOf = (numbers: Iterable<number>) => replyText([...numbers].map((index) => NUMBERS[index]!));
      const deliver = async (
        allowed: ReadonlySet<number>,
        control: { readonly localId: string; readonly fromService: boolean } | null,
      ) => {
        const expected = plainly(requests, allowed, control);
        seen[expected.outcome] += 1;
        const text = textOf(allowed);
        const from = control?.fromService === false ? { From_DTS: MAILBOX } : {};
        const accepted = await bench
          .accept(text, control === null ? null : controlText(control.localId, from))
          .catch((fault: unknown) => {
            if (!(fault instanceof TallystickError) || fault.exitCode !== 1) throw fault;
            return { outcome: 'refused' } as const;
          });
        expect(accepted.outcome).toBe(expected.outcome);
        if (expected.request === undefined) return;
        expect(accepted).toMatchObject({ localId: expected.request.localId });
        expected.request.state = 'answered';
        expected.request.allowed = allowed;
      };
      for (const one of history) {
        if ('ask' in one) {
          const made = await bench.ask(one.ask.map((index) => NUMBERS[index]!));
          requests.push({ localId: made!.localId, asked: new Set(one.ask), state: 'open', allowed: null });
        } else if ('foreign' in one) {
          await deliver(new Set(one.foreign), null);
        } else if (requests.length === 0) {
          continue;
        } else if ('replyTo' in one) {
          const request = requests[one.replyTo % requests.length]!;
          const other = requests[(one.replyTo + 1) % requests.length]!;
          const controls = {
            none: null,
            'its own': { localId: request.localId, fromService: true },
            another: { localId: other.localId, fromService: true },
            'of the request': { localId: request.localId, fromService: false },
            unknown: { localId: 'nobody-1', fromService: true },
          };
          const allowed = [...request.asked].filter((index) => !one.without.includes(index));
          await deliver(new Set(allowed), controls[one.control]);
        } else if ('again' in one) {
          const answered = requests.filter(({ state }) => state === 'answered');
          if (answered.length > 0) await deliver(answered[one.again % answered.length]!.allowed!, null);
        } else if ('abandon' in one) {
          const request = requests.find(({ state }) => state === 'open');
          if (request === undefined) continue;
          await abandonRequest(request.localId, bench.settings);
          request.state = 'abandoned';
        } else if ('cut' in one) {
          const request = requests[one.cut % requests.length]!;
          const before = bench.bytes();
          await bench.refusal(textOf(request.asked).slice(0, -1), controlText(request.localId));
          expect(bench.bytes().equals(before)).toBe(true);
        } else {
          const request = requests[one.report % requests.length]!;
          const text = controlText(request.localId, { MessageType: 'Report', Status: one.says });
          if (one.says === 'SUCCESS') expect((await bench.accept(text)).outcome).toBe('status');
          else {
            await bench.refusal(text);
            if (request.state === 'open') request.state = 'undelivered';
          }
        }
        const states = bench.ledger().requests.map(({ state, asked, leftOut }) => [state, asked, leftOut]);
        expect(states).toEqual(
          requests.map(({ state, asked, allowed }) => [
            state,
            asked.size,
            allowed === null ? null : asked.size - allowed.size,
          ]),
        );
      }
      if (requests.length === 0) return; // there is no ledger
      const kept = bench.bytes();
      for (const number of NUMBERS) expect(kept.includes(number)).toBe(false);
    }),
    { numRuns: 150 },
  );
  // every outcome was met, so that the rule was asked
  expect(Math.min(seen.answered, seen.again, seen.refused)).toBeGreaterThan(0);
}, 300_000);
