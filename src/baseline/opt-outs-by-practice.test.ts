import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OptOutLimits } from '../domain/expectation.ts';
import {
  byKind,
  EMPTY_TALLY,
  highestTally,
  type KeptRegister,
  type PracticeCounts,
  packPractices,
  unpackPractices,
} from '../domain/opt-out-tally.ts';
import { Random } from '../synth/random.ts';
import { stableJson } from '../write/stable-json.ts';
import { BASELINE_FORMAT_VERSION, type Baseline, withNight } from './baseline.ts';
import { compareDelivered, type OptOutDelivery } from './compare-opt-outs.ts';
import type { Night } from './night.ts';
import { peaksOf } from './opt-out-peaks.ts';
import { packBaseline, unpackBaseline } from './pack-nights.ts';

const LIMITS: OptOutLimits = {
  warn: null,
  stop: 0.1,
  steady: { warn: null, stop: 0.05 },
  practices: { warn: null, stop: 0.5 },
};
const KEY_IDS = { linkage: 'l', release: 'r', store: 's' };
const dateOf = (night: number) => new Date(Date.UTC(2026, 0, 1 + night)).toISOString().slice(0, 10);

type Shape = Readonly<Record<string, readonly number[]>>;
const practicesOf = (shape: Shape, kinds = ['code/type-1', 'in-force/type-1']): PracticeCounts =>
  packPractices(kinds, new Map(Object.entries(shape)));

function nightOf(
  index: number,
  shape: Shape | null,
  { register = null, accepted = [] }: { register?: KeptRegister | null; accepted?: Night['accepted'] } = {},
): Night {
  const practices = shape === null ? {} : { gp: practicesOf(shape) };
  return {
    date: dateOf(index),
    keyIds: KEY_IDS,
    runId: `${dateOf(index)}-0123456789ab`,
    rows: {},
    columns: {},
    optOutEvents: {},
    optOutsInForce: {},
    optOutTally: { ...EMPTY_TALLY, practices, register },
    stoppedPatients: {},
    ladder: 'x',
    linked: {},
    ranks: {},
    personsOptedOut: {},
    accepted,
  };
}

/** The findings of a last night after some others. */
function found(nights: readonly Night[], tonight: OptOutDelivery, limits = LIMITS): string[] {
  return compareDelivered(limits, nights, peaksOf(nights), tonight).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );
}

describe('practices', () => {
  const usual = { A81001: [40, 30], B82002: [7, 6], C83003: [2, 2], D84004: [0, 0] };
  const nights = Array.from({ length: 10 }, (_, index) => nightOf(index, usual));

  it('are as usual', () => {
    expect(found(nights, nightOf(10, usual))).toEqual([]);
    expect(found([], nightOf(0, usual))).toEqual([]);
  });

  it('that recorded opt-outs and deliver none are named, and stop', () => {
    expect(found(nights, nightOf(10, { ...usual, A81001: [0, 0], B82002: [0, 0] }))).toEqual([
      'stop: practices of gp that had coded type-1 events and have none now: A81001 (40 before), B82002 (7 before)',
    ]);
  });

  it('of which every opt-out is withdrawn at once are named, and stop', () => {
    expect(found(nights, nightOf(10, { ...usual, A81001: [70, 0] }))).toEqual([
      'stop: practices of gp that had type-1 opt-outs in force and have none now: A81001 (30 before)',
    ]);
  });

  it('with two opt-outs may lose both by chance', () => {
    expect(found(nights, nightOf(10, { ...usual, C83003: [0, 0] }))).toEqual([]);
  });

  it('with few opt-outs may not lose them all together', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`E85${100 + index}`, [2, 2]]));
    const none = Object.fromEntries(Object.keys(many).map((name) => [name, [0, 0]]));
    const before = Array.from({ length: 10 }, (_, index) => nightOf(index, many));
    expect(found(before, nightOf(10, none))).toEqual([
      'stop: coded type-1 events of the 30 practices of gp with the fewest: from 60 to 0',
    ]);
  });

  it('with far fewer are named', () => {
    expect(found(nights, nightOf(10, { ...usual, A81001: [4, 30] }))).toEqual([
      'stop: practices of gp with far fewer coded type-1 events than usually: A81001 (from 40 to 4)',
    ]);
    const limits = { ...LIMITS, practices: { warn: null, stop: null } };
    expect(found(nights, nightOf(10, { ...usual, A81001: [0, 0] }), limits)).toEqual([]);
  });

  it('that are not delivered are named in a warning, on one night', () => {
    const { A81001: _, ...others } = usual;
    const without = nightOf(10, others);
    expect(found(nights, without)).toEqual([
      'warn: practices of gp that were delivered on the last night and are not now: A81001',
    ]);
    expect(found([...nights, without], nightOf(11, others))).toEqual([]);
  });

  it('that nothing names any more are a warning', () => {
    expect(found(nights, nightOf(10, null))).toEqual([
      'warn: gp does not name the practices of its patients any more, so that they are not compared',
    ]);
  });

  it('begin anew after a change was accepted', () => {
    const silent = { ...usual, A81001: [0, 0] };
    const accepted = [...nights, nightOf(10, silent, { accepted: ['opt-outs'] })];
    expect(found(accepted, nightOf(11, silent))).toEqual([]);
    expect(found(accepted, nightOf(11, { ...silent, B82002: [0, 0] }))).toHaveLength(1);
  });

  // 2,000 practices, each a Poisson number of events independent of the night before: worse than any real delivery
  it('raise few false alarms, however much each varies', () => {
    const random = new Random(7, 'practices');
    const poisson = (mean: number) => {
      const limit = Math.exp(-mean);
      let events = -1;
      for (let product = 1; product > limit; product *= random.next() / 2 ** 32) events += 1;
      return events;
    };
    const draw = (means: readonly number[]) =>
      Object.fromEntries(
        means.map((mean, index) => [`P${String(index).padStart(5, '0')}`, [poisson(mean), 0]]),
      );
    const means = Array.from({ length: 2000 }, (_, index) => 15 + (index % 50));
    const kept = Array.from({ length: 14 }, (_, index) => nightOf(index, draw(means)));
    let alarms = 0;
    for (let night = 0; night < 20; night += 1) alarms += found(kept, nightOf(14, draw(means))).length;
    expect(alarms).toBe(0);
  });
});

describe('the kept register', () => {
  const register = (changes: number, events: number, digest = `d${changes}`) => ({ changes, events, digest });
  const nights = [3, 4, 5].map((changes, index) =>
    nightOf(index, null, { register: register(changes, changes * 10) }),
  );
  const tonight = (kept: KeptRegister | null) => found(nights, nightOf(3, null, { register: kept }));

  it('grows, or is the same', () => {
    expect(tonight(register(5, 50))).toEqual([]);
    expect(tonight(register(6, 50))).toEqual([]);
    expect(tonight(register(9, 90))).toEqual([]);
  });

  it.each<[string, KeptRegister | null, string]>([
    ['fewer changes', register(4, 90), 'has 4 changes; it had 5 on 2026-01-03'],
    ['fewer events', register(6, 49), 'has 49 events; it had 50 on 2026-01-03'],
    [
      'another content',
      register(5, 50, 'other'),
      'has another content than after the same 5 changes on 2026-01-03',
    ],
    ['no register', null, 'is not read any more; it had 50 events on 2026-01-03'],
  ])('stops the run with %s, whatever the limits', (_, kept, message) => {
    expect(tonight(kept)).toEqual([`stop: the kept register ${message}`]);
    const limits = { ...LIMITS, stop: null, steady: LIMITS.practices, practices: { warn: null, stop: null } };
    expect(found(nights, nightOf(3, null, { register: kept }), limits)).toHaveLength(1);
  });
});

describe('series of counts', () => {
  const withEvents = (index: number, events: number): Night => ({
    ...nightOf(index, null),
    optOutEvents: { 'register/type-1': events },
  });
  /** Publishes nights until one stops. @returns the number of nights, and why it stopped */
  function untilStop(counts: (night: number) => number, most: number) {
    let baseline: Baseline | null = null;
    for (let index = 0; index < most; index += 1) {
      const night = withEvents(index, counts(index));
      const peaks = baseline?.peaks ?? {};
      const [finding] = compareDelivered(LIMITS, baseline?.nights ?? [], peaks, night);
      if (finding?.severity === 'stop') return { nights: index, message: finding.message };
      baseline = withNight(baseline, 'tiny', night, null, 30);
    }
    return null;
  }

  it('that fall by 0.3 % a night stop as a steady fall, though none is 10 % below the best night kept', () => {
    const stopped = untilStop((night) => Math.round(10_000 * 0.997 ** night), 60);
    expect(stopped?.nights).toBe(19);
    expect(stopped?.message).toMatch(
      /^the register's type-1 events fell steadily over 19 nights, from 10,000 on 2026-01-01, to /,
    );
  });

  it('that fall by 0.1 % a night stop once 10 % are gone, long after the best night was dropped', () => {
    const stopped = untilStop((night) => Math.round(10_000 * 0.999 ** night), 200);
    expect(stopped?.nights).toBe(106);
    expect(stopped?.message).toContain(
      'from 10,000 on 2026-01-01, the best night since a change was last accepted',
    );
  });

  it('that do not fall never stop', () => {
    expect(untilStop((night) => 1000 + (night % 7), 400)).toBeNull();
    expect(untilStop((night) => 1000 + night, 400)).toBeNull();
  });
});

describe('in the file', () => {
  const shapes = fc.dictionary(fc.stringMatching(/^[A-Z]\d{3,5}$/), fc.tuple(fc.nat(300), fc.nat(300)), {
    maxKeys: 12,
  });

  it('are the same again, whatever changes from night to night', () => {
    fc.assert(
      fc.property(fc.array(fc.option(shapes), { minLength: 1, maxLength: 8 }), (all) => {
        const nights = all.map((shape, index) => nightOf(index, shape));
        const baseline = baselineOf(nights);
        const text = stableJson(packBaseline(baseline));
        expect(unpackBaseline(JSON.parse(text))).toEqual(baseline);
      }),
    );
  });

  it('are read from their short form as they were', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const counts = new Map(Object.entries(shape));
        expect(unpackPractices(packPractices(['a', 'b'], counts))).toEqual(counts);
      }),
    );
  });

  it('a repeated night keeps the higher count of each practice', () => {
    fc.assert(
      fc.property(shapes, shapes, (one, other) => {
        const both = highestTally(nightOf(0, one).optOutTally, nightOf(0, other).optOutTally).practices[
          'gp'
        ]!;
        for (const [name, counts] of byKind(both)) {
          expect([...counts.values()]).toEqual(
            [0, 1].map((kind) => Math.max(one[name]?.[kind] ?? 0, other[name]?.[kind] ?? 0)),
          );
        }
        expect(byKind(both).size).toBe(new Set([...Object.keys(one), ...Object.keys(other)]).size);
      }),
    );
  });

  it('2,000 practices over 30 nights take less than 300 kB', () => {
    const random = new Random(3, 'size');
    const counts = Array.from({ length: 2000 }, () => [
      random.below(400),
      random.below(300),
      random.below(40),
      random.below(30),
    ]);
    const kinds = ['code/type-1', 'code/type-2', 'in-force/type-1', 'in-force/type-2'];
    const nights = Array.from({ length: 30 }, (_, index) => {
      // one practice in ten records an opt-out on a day
      for (const own of counts) if (random.chance(0.1)) own[0]! += 1;
      const shape = Object.fromEntries(counts.map((own, one) => [`A${81_000 + one}`, [...own]]));
      const night = nightOf(index, null);
      return {
        ...night,
        optOutTally: { ...night.optOutTally, practices: { gp: practicesOf(shape, kinds) } },
      };
    });
    const bytes = stableJson(packBaseline(baselineOf(nights))).length;
    expect(bytes).toBeLessThan(300_000);
    expect(bytes).toBeGreaterThan(40_000);
  });
});

function baselineOf(nights: readonly Night[]): Baseline {
  return {
    formatVersion: BASELINE_FORMAT_VERSION,
    name: 'tiny',
    keyIds: KEY_IDS,
    knownUntil: nights.at(-1)!.date,
    nights,
    peaks: peaksOf(nights),
  };
}
