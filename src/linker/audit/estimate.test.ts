import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LADDERS, type Ladder } from '../../domain/match-rank.ts';
import { wilsonInterval } from '../../domain/wilson-interval.ts';
import { estimateAudit, type LinkCount, type Numberless, type Outcome } from './estimate.ts';
import type { LinkageAudit, RankAudit } from './linkage-audit.ts';
import { PARTS } from './sample.ts';
import { AS_COUNTED, AS_PUBLISHED } from './taken-counts.ts';

const LADDER: Ladder = LADDERS['eight-step'];
const ladderIndexOf = (rank: number) => LADDER.findIndex((one) => one.rank === rank);

/** So many subjects of as many records each. */
const of = (subjects: number, each = 1) => ({
  subjects,
  records: subjects * each,
  squares: subjects * each ** 2,
});

const NOTHING = {
  found: null,
  isRight: null,
  hasMatch: false,
  isOwnKnown: false,
  hasOthers: false,
  isOpen: false,
};
const hidden = (subjects: number, rank: number, is: Partial<Outcome> = {}): Outcome => ({
  ...NOTHING,
  part: PARTS.hidden,
  ladderIndex: ladderIndexOf(rank),
  ...of(subjects),
  ...is,
});
const looked = (subjects: number, rank: number, is: Partial<Outcome> = {}): Outcome => ({
  ...hidden(subjects, rank, is),
  part: PARTS.link,
});
const links = (rank: number, made: number, contradicted = 0): LinkCount => ({
  ladderIndex: ladderIndexOf(rank),
  links: made,
  contradicted,
});
/** @param rank null for subjects that no rank linked */
const numberless = (rank: number | null, subjects: number, each = 1): Numberless => ({
  ladderIndex: rank === null ? null : ladderIndexOf(rank),
  ...of(subjects, each),
});

function auditOf(
  rank: number,
  counts: readonly LinkCount[],
  outcomes: readonly Outcome[],
  without: readonly Numberless[] = [],
): RankAudit {
  return estimateAudit(LADDER, counts, outcomes, without, AS_COUNTED).ranks.find((one) => one.rank === rank)!;
}

const rounded = (interval: readonly [number, number] | null) =>
  interval!.map((limit) => Math.round(limit * 1e6) / 1e6);

const NO_RATES = {
  precision: null,
  precisionInterval: null,
  recall: null,
  recallInterval: null,
  hiddenRecall: null,
  hiddenRecallInterval: null,
};

describe('a rank without the number', () => {
  const six = { found: ladderIndexOf(6), isRight: true, hasMatch: true, isOwnKnown: true };
  // 1,000 subjects, of whom 900 have somebody to be linked to; of these 100 are in 5 records each, all others in one
  const sample = [
    hidden(750, 1, six),
    hidden(90, 2, { ...six, ...of(90, 5) }),
    hidden(60, 2, { found: ladderIndexOf(6), isRight: false, hasOthers: true }),
    hidden(4, 2, { ...six, found: ladderIndexOf(7) }),
    hidden(46, 2, { hasMatch: true }),
    hidden(10, 2, { hasMatch: true, ...of(10, 5) }),
    hidden(40, 3),
  ];
  const [matched, all] = [
    { records: 800 + 500, squares: 800 + 2500 },
    { records: 800 + 500 + 100, squares: 800 + 2500 + 100 },
  ];
  // 150 subjects with 300 records; rank 6 has linked 210 of these
  const without = [numberless(6, 30, 4), numberless(6, 90), numberless(7, 20, 3), numberless(null, 10, 3)];
  const ofNumberless = { records: 300, squares: 480 + 90 + 270 };
  const worth = ({ records, squares }: typeof matched) => records ** 2 / squares;

  it('is right in so many of the hidden subjects that it links', () => {
    expect(auditOf(6, [links(6, 123)], sample, without)).toMatchObject({
      rank: 6,
      links: 123,
      sampled: 900,
      precision: 0.933333,
      precisionInterval: rounded(wilsonInterval(840, 900)),
    });
  });

  it('finds so many of the hidden records that have somebody to be linked to', () => {
    const { hiddenRecall, hiddenRecallInterval } = auditOf(6, [], sample, without);
    expect(hiddenRecall).toBe(0.923077); // 750 + 450 of 1,300
    // the records of one subject are all right or all wrong: 1,300 are worth 512 independent ones
    expect(worth(matched)).toBeCloseTo(512.12, 2);
    const n = worth(matched);
    expect(hiddenRecallInterval).toEqual(rounded(wilsonInterval((1200 / 1300) * n, n)));
  });

  it('has the recall in the run of what it linked there, as far as it is right, among those it could link', () => {
    const { recall, recallInterval } = auditOf(6, [], sample, without);
    // 210 of 300 are linked, 840 of 900 of them rightly, and 1,300 of 1,400 could be
    expect(recall).toBeCloseTo((0.7 * (840 / 900)) / (1300 / 1400), 6);
    const [p, n] = [wilsonInterval(840, 900)!, 1 / (1 / worth(all) + 1 / worth(ofNumberless))];
    const h = wilsonInterval((1300 / 1400) * n, n)!;
    expect(recallInterval![0]).toBeCloseTo((0.7 * p[0]) / h[1], 6);
    expect(recallInterval![1]).toBeCloseTo((0.7 * p[1]) / h[0], 6);
  });

  it('finds no more than all', () => {
    const every = [numberless(6, 20)];
    const few = [hidden(50, 1, six), hidden(50, 1)];
    expect(auditOf(6, [], few, every)).toMatchObject({ recall: 1, recallInterval: [1, 1], hiddenRecall: 1 });
  });

  it('has no rates where fewer than ten were linked', () => {
    expect(auditOf(7, [], sample, without)).toEqual({ rank: 7, links: 0, sampled: 4, ...NO_RATES });
  });

  it('has no recall in a run where fewer than ten lack a number', () => {
    const counts = [numberless(6, 8), numberless(null, 1, 50)];
    const { recall, recallInterval, hiddenRecall } = auditOf(6, [], sample, counts);
    expect({ recall, recallInterval, hiddenRecall }).toEqual({
      recall: null,
      recallInterval: null,
      hiddenRecall: 0.923077,
    });
    expect(auditOf(6, [], sample, [...counts, numberless(null, 1)]).recall).not.toBeNull();
  });

  it('has a precision alone where no subject can be linked', () => {
    const strangers = [hidden(40, 1, { found: ladderIndexOf(6), isRight: false, hasOthers: true })];
    const precision = { precision: 0, precisionInterval: rounded(wilsonInterval(0, 40)) };
    expect(auditOf(6, [], strangers, without)).toMatchObject({ ...NO_RATES, ...precision });
  });

  it('has limits that are numbers, however little weighs who has somebody to be linked to', () => {
    const strangers = hidden(20_000, 1, {
      found: ladderIndexOf(6),
      isRight: false,
      hasOthers: true,
      ...of(20_000, 1_000_000),
    });
    const one = hidden(1, 1, { hasMatch: true });
    const { recall, recallInterval } = auditOf(6, [], [strangers, one], [numberless(null, 10)]);
    expect(recall).toBe(0);
    expect(recallInterval).toEqual([0, 1]);
  });

  it('has no recall of hidden records where fewer than ten of them have somebody to be linked to', () => {
    const found = hidden(9, 1, { ...six, ...of(9, 7) });
    const wrong = hidden(3, 1, { found: ladderIndexOf(6), isRight: false, hasOthers: true });
    expect(auditOf(6, [], [found, wrong], without)).toMatchObject({ hiddenRecall: null, precision: 0.75 });
    const another = hidden(1, 1, { hasMatch: true });
    expect(auditOf(6, [], [found, wrong, another], without).hiddenRecall).toBe(0.984375);
  });
});

describe('a rank that made no link', () => {
  it('has no precision', () => {
    const known = [hidden(50, 1, { isOwnKnown: true }), looked(20, 1)];
    expect(auditOf(1, [links(1, 0, 30)], known).precision).toBeNull();
    expect(auditOf(1, [links(1, 20)], known).precision).toBe(1);
  });
});

describe('a rank that rests on the number', () => {
  // of those at home 9 in 10 are known of their own number, and 1 in 30 of those of another too; of those who moved, 1 in 5
  const known = [
    hidden(870, 1, { isOwnKnown: true }),
    hidden(30, 1, { isOwnKnown: true, hasOthers: true }),
    hidden(100, 1),
    hidden(40, 2, { isOwnKnown: true }),
    hidden(160, 2, { isOpen: true }),
  ];
  const rank5 = [
    looked(100, 5, { isOpen: true, hasOthers: true }),
    looked(400, 5, { isOpen: true }),
    looked(500, 5),
  ];
  const coincidence = 30 / 940;

  it('is right but for the links with evidence beyond coincidence, and those that go unseen', () => {
    // 0.1 of 4,000 links have evidence, half could by coincidence, 9 in 10 would show it; and a ninth of the 90 refused is hidden
    const found = (4000 * (0.1 - 0.5 * coincidence)) / 0.9 + 90 / 9;
    const { precision, sampled } = auditOf(5, [links(5, 4000, 90)], [...known, ...rank5]);
    expect(sampled).toBe(1000);
    expect(precision).toBeCloseTo(1 - found / 4000, 6);
  });

  it('has limits at which evidence, its visibility and what was refused are each at the worse of their own', () => {
    const [low, high] = auditOf(5, [links(5, 4000, 90)], [...known, ...rank5]).precisionInterval!;
    const [e, q, refused] = [
      wilsonInterval(100, 1000)!,
      wilsonInterval(900, 1000)!,
      wilsonInterval(90, 4090)!,
    ];
    const most = (4000 * e[1]) / q[0] + (4090 * refused[1] * (1 - q[0])) / q[0];
    const c = wilsonInterval(30, 940)![1];
    const least = (4000 * (e[0] - 0.5 * c)) / q[1] + (4090 * refused[0] * (1 - q[1])) / q[1];
    expect(low).toBeCloseTo(1 - most / 4000, 6);
    expect(high).toBeCloseTo(1 - least / 4000, 6);
  });

  it('compares those who moved with those who moved, unless wrong numbers are strangers’', () => {
    const rank8 = [looked(100, 8)];
    const { precision, precisionInterval } = auditOf(8, [links(8, 100, 10)], [...known, ...rank8]);
    expect(precision).toBeCloseTo(1 - (10 * 0.8) / 0.2 / 100, 6);
    // as if strangers': 940 of all 1,200 are known
    const [q, refused] = [wilsonInterval(940, 1200)![1], wilsonInterval(10, 110)![0]];
    expect(precisionInterval![1]).toBeCloseTo(1 - (110 * refused * (1 - q)) / q / 100, 6);
  });

  it('has the recall of its share of all links by the number', () => {
    const counts = [links(1, 6000), links(5, 4000), links(6, 999)];
    expect(auditOf(5, counts, [...known, ...rank5])).toMatchObject({
      links: 4000,
      recall: 0.4,
      recallInterval: rounded(wilsonInterval(4000, 10_000)),
    });
  });

  it('has no rates of fewer than ten links, and no precision where nothing is known of anybody', () => {
    const none = { precision: null, precisionInterval: null };
    expect(auditOf(5, [links(5, 9)], [...known, looked(9, 5)])).toMatchObject(NO_RATES);
    expect(auditOf(5, [links(5, 100)], [hidden(50, 1), looked(100, 5)])).toMatchObject({
      ...none,
      recall: 1,
    });
  });
});

it('gives the hidden numbers, and the counts of every rank in the order of the ladder', () => {
  const outcomes = [hidden(7, 1), hidden(5, 6), looked(100, 1)];
  const { sampled, seed, ranks } = estimateAudit(LADDER, [], outcomes, [], AS_COUNTED);
  expect({ sampled, seed }).toEqual({ sampled: 12, seed: 48_271 });
  expect(ranks.map(({ rank }) => rank)).toEqual(LADDER.map(({ rank }) => rank));
});

describe('two steps', () => {
  const known = { found: 1, isRight: true, hasMatch: true, isOwnKnown: true };
  const outcomes = [
    hidden(180, 1, { ladderIndex: 0, ...known }),
    hidden(20, 1, { ladderIndex: 0, hasMatch: true, isOpen: true }),
    looked(90, 1, { ladderIndex: 0 }),
    looked(10, 1, { ladderIndex: 0, isOpen: true, hasOthers: true }),
  ];
  const counts = [
    { ladderIndex: 0, links: 500, contradicted: 0 },
    { ladderIndex: 1, links: 40, contradicted: 0 },
  ];
  const without = [
    { ladderIndex: 1, ...of(40) },
    { ladderIndex: null, ...of(10) },
  ];

  it('have rates of both: nine in ten of those would show that a number is wrong, and are found', () => {
    const [eight, six] = estimateAudit(LADDERS['two-step'], counts, outcomes, without, AS_COUNTED).ranks;
    expect(eight).toMatchObject({
      rank: 8,
      sampled: 100,
      precision: 0.888889,
      recall: 1,
      hiddenRecall: null,
    });
    expect(six).toMatchObject({ rank: 6, sampled: 180, precision: 1, recall: 0.8, hiddenRecall: 0.9 });
  });
});

describe('for any counts of the sample', () => {
  const ranksOf = (ladder: Ladder, rests: boolean) =>
    ladder.flatMap(({ agree }, index) => (agree.includes('nhs-number') === rests ? [index] : []));
  const LADDERS_OF_ALL_KINDS: readonly Ladder[] = [
    ...Object.values(LADDERS),
    LADDER.filter(({ agree }) => agree.includes('nhs-number')),
    LADDER.filter(({ agree }) => !agree.includes('nhs-number')),
  ];

  /** Nobody, one, fewer than are enough, just enough, or many. */
  const some = fc.oneof(fc.constantFrom(0, 1, 9, 10), fc.nat({ max: 60 }), fc.nat({ max: 20_000 }));
  const records = fc
    .record({ subjects: some, each: fc.constantFrom(1, 1, 2, 7, 400) })
    .map(({ subjects, each }) => of(subjects, each));
  const indexAmong = (indexes: readonly number[]) => fc.constantFrom<(number | null)[]>(null, ...indexes);

  /** Outcomes as they can be: who is found rightly is known of its own number, and has a match. */
  const outcomesOf = (ladder: Ladder): fc.Arbitrary<Outcome> =>
    fc
      .record({
        part: fc.constantFrom(PARTS.hidden, PARTS.link),
        ladderIndex: indexAmong(ranksOf(ladder, true)),
        found: indexAmong(ranksOf(ladder, false)),
        isRight: fc.boolean(),
        hasMatch: fc.boolean(),
        isOwnKnown: fc.boolean(),
        hasOthers: fc.boolean(),
        isOpen: fc.boolean(),
        counts: records,
      })
      .map(({ counts, ...drawn }) => {
        const found = drawn.part === PARTS.hidden ? drawn.found : null;
        const isRight = found === null ? null : drawn.isRight;
        const isOwnKnown = drawn.isOwnKnown || isRight === true;
        const hasOthers = drawn.hasOthers || isRight === false;
        const hasMatch = drawn.hasMatch || isOwnKnown;
        return {
          ...drawn,
          found,
          isRight,
          hasMatch,
          isOwnKnown,
          hasOthers,
          isOpen: drawn.isOpen && !isOwnKnown,
          ...counts,
        };
      });

  const audits: fc.Arbitrary<LinkageAudit> = fc.constantFrom(...LADDERS_OF_ALL_KINDS).chain((ladder) =>
    fc
      .record({
        outcomes: fc.array(outcomesOf(ladder), { maxLength: 12 }),
        counts: fc.array(fc.tuple(fc.oneof(some, fc.nat({ max: 1e7 })), some), {
          minLength: ladder.length,
          maxLength: ladder.length,
        }),
        without: fc.array(fc.tuple(indexAmong(ranksOf(ladder, false)), records), { maxLength: 5 }),
      })
      .map(({ outcomes, counts, without }) => {
        // every link that is looked at is one
        const lookedAt = (index: number) =>
          outcomes.reduce(
            (all, { part, ladderIndex, subjects }) =>
              all + (part === PARTS.link && ladderIndex === index ? subjects : 0),
            0,
          );
        return estimateAudit(
          ladder,
          counts.map(([more, contradicted], index) => ({
            ladderIndex: index,
            links: lookedAt(index) + more,
            contradicted,
          })),
          outcomes.filter(({ subjects }) => subjects > 0),
          without.flatMap(([ladderIndex, one]) => (one.subjects === 0 ? [] : [{ ladderIndex, ...one }])),
          AS_COUNTED,
        );
      }),
  );

  it('rates are from 0 to 1, with limits around them and short of ten digits', () => {
    let rates = 0;
    fc.assert(
      fc.property(audits, ({ ranks }) => {
        for (const one of ranks) {
          for (const [rate, limits] of [
            [one.precision, one.precisionInterval],
            [one.recall, one.recallInterval],
            [one.hiddenRecall, one.hiddenRecallInterval],
          ] as const) {
            expect(rate === null).toBe(limits === null);
            if (rate === null || limits === null) continue;
            rates += 1;
            const [low, high] = limits;
            expect([0 <= low, low <= rate, rate <= high, high <= 1]).toEqual([true, true, true, true]);
            expect(JSON.stringify([rate, low, high])).not.toMatch(/\d{10}/);
          }
        }
      }),
      { numRuns: 3000 },
    );
    expect(rates).toBeGreaterThan(3000);
  });
});

describe('rates that may be published', () => {
  const six = { found: ladderIndexOf(6), isRight: true, hasMatch: true, isOwnKnown: true };
  /** Every count on which a rate rests, each moved from a multiple of five. */
  const published = (base: readonly number[], moved: number, by: number) => {
    const [a, b, c, d, e, f, g, h, i] = base.map(
      (count, index) => 5 * count + (index === moved ? by : 0),
    ) as number[];
    return estimateAudit(
      LADDER,
      [links(1, a!, b), links(6, c!)],
      [
        hidden(d!, 1, six),
        hidden(e!, 1, { ...six, hasOthers: true }),
        hidden(f!, 1, { found: ladderIndexOf(6), isRight: false, hasMatch: true }),
        looked(g!, 1, { isOpen: true }),
        looked(h!, 1, { isOpen: true, hasOthers: true }),
      ],
      [numberless(6, i!), numberless(null, 40)],
      AS_PUBLISHED,
    ).ranks.map(({ precision, precisionInterval, recall, recallInterval }) => [
      precision,
      precisionInterval,
      recall,
      recallInterval,
    ]);
  };
  const COUNTS = 9;

  it('are alike of counts that are published alike', () => {
    let rates = 0;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 400 }), { minLength: COUNTS, maxLength: COUNTS }),
        fc.nat({ max: COUNTS - 1 }),
        fc.integer({ min: -2, max: 2 }),
        (base, moved, by) => {
          const plain = published(base, moved, 0);
          rates += plain.flat().filter((one) => one !== null).length;
          expect(published(base, moved, by)).toEqual(plain);
        },
      ),
    );
    expect(rates).toBeGreaterThan(100);
  });

  it('do not show how few errors there are', () => {
    const of = (few: number) =>
      estimateAudit(
        LADDER,
        [links(1, 1998, Math.min(few, 4))],
        [
          hidden(1000, 1, { isOwnKnown: true }),
          looked(600 - few, 1, { isOpen: true }),
          looked(few, 1, { isOpen: true, hasOthers: true }),
        ],
        [],
        AS_PUBLISHED,
      ).ranks[ladderIndexOf(1)]!;
    const none = of(0);
    expect(none.precision).toBeCloseTo(1 - (3.5 / 600 - 3.5 / 1000), 6);
    expect(none.precisionInterval![0]).toBeCloseTo(wilsonInterval(593, 600)![0], 3); // seven of 600
    expect(none.precisionInterval![1]).toBe(1);
    for (let few = 1; few <= 7; few += 1) expect(of(few)).toEqual(none);
    expect(of(8)).not.toEqual(none);
  });

  it('are not there where what is not shown would move them by more than two points', () => {
    const of = (size: number) =>
      estimateAudit(
        LADDER,
        [links(1, size)],
        [hidden(size, 1, { isOwnKnown: true }), looked(size, 1, { isOpen: true })],
        [],
        AS_PUBLISHED,
      ).ranks[ladderIndexOf(1)]!.precision;
    expect(of(345)).toBeNull(); // 7 of 345
    expect(of(355)).toBe(1); // 3.5 of 355 wrong, and as many by coincidence
  });

  it('is no rate where the share is of few', () => {
    const rank = estimateAudit(
      LADDER,
      [links(6, 90)],
      [hidden(7, 1, six), hidden(93, 1, { ...six, isRight: false })],
      [numberless(6, 50)],
      AS_PUBLISHED,
    ).ranks[ladderIndexOf(6)]!;
    expect(rank.precision).toBeNull();
    expect(rank.recall).toBeNull();
  });

  it('do not distinguish nine of nine from ten of ten, as exact ones do', () => {
    const low = (of: number, take: typeof AS_COUNTED) =>
      estimateAudit(LADDER, [], [hidden(of, 1, six)], [], take).ranks[ladderIndexOf(6)]!
        .precisionInterval?.[0];
    expect(new Set([10, 11, 12].map((of) => low(of, AS_COUNTED)))).toHaveProperty('size', 3);
    expect(new Set([8, 9, 10, 11, 12].map((of) => low(of, AS_PUBLISHED)))).toHaveProperty('size', 1);
  });
});
