import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inForceSince } from './in-force-since.ts';
import type { RecordedEvent } from './recorded-opt-out.ts';

const registered = (date: string | null, recordedOn: string): RecordedEvent => ({
  type: 'type-2',
  kind: 'registered',
  date,
  recordedOn,
});
const withdrawn = (date: string | null, recordedOn: string): RecordedEvent => ({
  type: 'type-2',
  kind: 'withdrawn',
  date,
  recordedOn,
});

describe('the day since when an opt-out is in force', () => {
  it.each([
    ['nothing recorded', [], null],
    ['from its date', [registered('2026-03-01', '2026-02-01')], '2026-03-01'],
    ['not before it was recorded', [registered('2026-01-01', '2026-02-01')], '2026-02-01'],
    ['from the day it was recorded, without a date', [registered(null, '2026-02-01')], '2026-02-01'],
    ['not yet', [registered('2026-04-02', '2026-02-01')], null],
    ['ended', [registered('2026-01-01', '2026-01-01'), withdrawn('2026-02-01', '2026-02-01')], null],
    [
      'ended and made again',
      [
        registered('2026-01-01', '2026-01-01'),
        withdrawn('2026-02-01', '2026-02-01'),
        registered('2026-03-01', '2026-03-01'),
      ],
      '2026-03-01',
    ],
    [
      'registered twice',
      [registered('2026-01-01', '2026-01-01'), registered('2026-03-01', '2026-03-01')],
      '2026-01-01',
    ],
    [
      'a withdrawal without a date ends nothing',
      [registered('2026-01-01', '2026-01-01'), withdrawn(null, '2026-02-01')],
      '2026-01-01',
    ],
    [
      'a withdrawal ends one without a date',
      [registered(null, '2026-01-01'), withdrawn('2026-02-01', '2026-02-01')],
      null,
    ],
  ] as const)('%s', (_, events, since) => {
    expect(inForceSince(events, '2026-04-01')).toBe(since);
  });

  const DAYS = Array.from({ length: 12 }, (_, day) => `2026-03-${String(day + 1).padStart(2, '0')}`);
  const day = fc.constantFrom(...DAYS);
  const event = fc.record({
    kind: fc.constantFrom('registered' as const, 'withdrawn' as const),
    type: fc.constant('type-2'),
    date: fc.option(day),
    recordedOn: day,
  });
  /** The definition, day by day, for dates that can be believed. */
  const isInForce = (events: readonly RecordedEvent[], today: string) => {
    const last = (kind: RecordedEvent['kind']) =>
      events
        .filter((one) => one.kind === kind && one.recordedOn <= today)
        .map(({ date, recordedOn }) => date ?? (kind === 'registered' ? recordedOn : '9'))
        .filter((date) => date <= today)
        .sort()
        .at(-1);
    const [on, off] = [last('registered'), last('withdrawn')];
    return on !== undefined && (off === undefined || off <= on);
  };

  it('is the first of the days without a break, whatever was recorded and when', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), day, (events, today) => {
        let since: string | null = null;
        for (const one of DAYS.filter((past) => past <= today).reverse()) {
          if (!isInForce(events, one)) break;
          since = one;
        }
        expect(inForceSince(events, today)).toBe(since);
      }),
      { numRuns: 2000 },
    );
  });
});
