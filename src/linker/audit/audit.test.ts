/** The steps of the audit over tables made by hand, compared with a plain computation and with linking itself. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AUDIT_SAMPLE } from '../../domain/audit-sample.ts';
import { comparesUnderNhsNumber, LADDERS, type Ladder } from '../../domain/match-rank.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { linkSubjects } from '../../oracle/link.ts';
import { subjectId } from '../../oracle/subjects.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { auditLinkage } from './audit-linkage.ts';
import { estimateAudit, type LinkCount, type Numberless, type Outcome } from './estimate.ts';
import type { LinkageAudit } from './linkage-audit.ts';
import { AUDIT_SEED, type Draw, PARTS } from './sample.ts';
import { auditSteps } from './steps.ts';
import { AS_COUNTED } from './taken-counts.ts';
import { auditPlainly, byId, type PlainAudit, rulesOf } from './test-rig/audit-plainly.ts';
import { AUDITED, linkages, NOTHING_SAID, subjectOf } from './test-rig/linkages.ts';
import {
  type AuditedSubject,
  auditedLinkage,
  type Linkage,
  maker,
  openLinked,
  SOURCES,
  subjectHalves,
} from './test-rig/linked-tables.ts';

/** Made-up linkages for each property; TALLYSTICK_COMPARISON_RUNS asks for more. */
const RUNS = Number(process.env['TALLYSTICK_COMPARISON_RUNS'] ?? 12);

const COMPARING = Object.entries(AUDITED).filter(([, ladder]) => comparesUnderNhsNumber(ladder));

const whole: Draw = { sample: AUDIT_SAMPLE, seed: AUDIT_SEED };

/** Links, audits, and reads something of it. */
async function audit<T>(
  linkage: Linkage,
  ladder: Ladder,
  read: (engine: DuckDbEngine, audit: LinkageAudit) => Promise<T>,
  draw: Draw = whole,
  threads = 1,
): Promise<T> {
  const engine = await openLinked(linkage, ladder, threads);
  try {
    const pipeline = { link: { ranks: ladder } } as unknown as Pipeline; // all that is asked of it
    const steps = auditSteps(auditedLinkage(linkage, ladder), draw);
    const { audit } = await auditLinkage(engine, pipeline, steps, maker(engine));
    return await read(engine, audit);
  } finally {
    engine.close();
  }
}

type Counted = Pick<PlainAudit, 'outcomes' | 'links' | 'numberless'>;

/** Everything counted, in one order: counts of what is alike are added up, and what there is none of is left out. */
function tally({ outcomes, links, numberless }: Counted) {
  return {
    outcomes: addedUp(outcomes),
    links: links
      .filter((one) => one.links + one.contradicted > 0)
      .sort((a, b) => a.ladderIndex - b.ladderIndex),
    numberless: addedUp(numberless),
  };
}

function addedUp<T extends Numberless>(rows: readonly T[]): string[] {
  const sums = new Map<string, [number, number, number]>();
  for (const { subjects, records, squares, ...values } of rows) {
    const key = JSON.stringify(Object.entries(values).sort());
    const [a, b, c] = sums.get(key) ?? [0, 0, 0];
    sums.set(key, [a + subjects, b + records, c + squares]);
  }
  return [...sums].map(([key, sum]) => `${key} ${sum.join(' ')}`).sort();
}

async function readCounts(engine: DuckDbEngine): Promise<Counted> {
  const read = (table: string) => engine.query(`SELECT * FROM ${table}`, 'reading');
  const indexOf = (value: unknown) => (value === null ? null : Number(value));
  const counts = (row: Record<string, unknown>) => ({
    subjects: Number(row['subjects']),
    records: Number(row['records']),
    squares: Number(row['squares']),
  });
  return {
    outcomes: (await read('audit_outcomes')).map(
      (row): Outcome => ({
        part: Number(row['part']),
        ladderIndex: indexOf(row['place']),
        found: indexOf(row['found']),
        isRight: row['is_right'] as boolean | null,
        hasMatch: row['has_match'] as boolean,
        isOwnKnown: row['is_own_known'] as boolean,
        hasOthers: row['has_others'] as boolean,
        isOpen: row['is_open'] as boolean,
        ...counts(row),
      }),
    ),
    links: (await read('audit_links')).map(
      (row): LinkCount => ({
        ladderIndex: Number(row['place']),
        links: Number(row['links']),
        contradicted: Number(row['contradicted']),
      }),
    ),
    numberless: (await read('audit_numberless')).map((row) => ({
      ladderIndex: indexOf(row['place']),
      ...counts(row),
    })),
  };
}

/** Compares the steps with the plain computation, and what is read of them with what is estimated of it. */
async function holdToPlain(drawn: fc.Arbitrary<Linkage>, ladder: Ladder, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(drawn, async (linkage) => {
      const plain = auditPlainly(linkage, ladder);
      await audit(linkage, ladder, async (engine, result) => {
        expect(tally(await readCounts(engine))).toEqual(tally(plain));
        expect(result).toEqual(
          estimateAudit(ladder, plain.links, plain.outcomes, plain.numberless, AS_COUNTED),
        );
      });
    }),
    { numRuns },
  );
}

describe.each(Object.entries(AUDITED))('the audit of %s', (_, ladder) => {
  test('gives the same result as the comparison of each subject with each other one', async () => {
    await holdToPlain(linkages([null]), ladder, RUNS);
  });

  test('links a hidden subject as linking would if it had no number', () => {
    let looked = 0;
    fc.assert(
      fc.property(linkages([null]), (linkage) => {
        const { subjects } = linkage;
        for (const { subject, isReference, rank, to } of auditPlainly(linkage, ladder).findings) {
          // the subject with which others are compared must stay as it is
          const isHeldAgainst = (one: AuditedSubject) =>
            one.nhsNumber === subject.nhsNumber && one.source !== subject.source;
          if (isReference && subjects.some(isHeldAgainst)) continue;
          const shown = subjects.map((one) => (one === subject ? { ...one, nhsNumber: null } : one));
          const linked = linkSubjects(byId(shown), rulesOf(linkage, ladder));
          const { matchRank, person } = linked.get(subjectId(subject.source, subject.own))!;
          expect(matchRank).toBe(rank?.rank ?? 0);
          if (rank !== null) expect(person.text).toBe(to);
          looked += 1;
        }
      }),
      { numRuns: 100 },
    );
    expect(looked).toBeGreaterThan(100);
  });
});

test.each(COMPARING)('the audit of %s counts links that were refused as improbable', async (_, ladder) => {
  await holdToPlain(linkages([0.5, 0.97, 0.999_999]), ladder, RUNS);
});

/** A subject of a patients table, by its source and what it says: `number sex birth-date postcode`, a dash for what is missing. */
function patient(source: string, name: string, text: string): AuditedSubject {
  const [nhsNumber = null, sex = null, birthDate = null, postcode = null] = text
    .split(' ')
    .map((part) => (part === '-' ? null : part));
  const said = { ...NOTHING_SAID, nhsNumber, sex, birthDate, postcode, source };
  return subjectOf(said, name, []);
}

/** A linkage of patients, of whom all who have a number are sampled: somebody lacks one in every source. */
function linkageOf(subjects: readonly AuditedSubject[], minProbability: number | null = null): Linkage {
  const numberless = SOURCES.map((source) => patient(source, `nobody of ${source}`, '- - - -'));
  return {
    subjects: [...subjects, ...numberless],
    flat: [],
    ignoredPostcodes: new Set(),
    minProbability,
    witnesses: [],
  };
}

describe('a link that is refused as improbable', () => {
  const ladder = LADDERS['eight-step'];
  const ann = '1 2 1980-05-17 A';
  const story = [
    patient('gp', 'ann', ann),
    patient('hospital', 'ann again', ann),
    // both carry her number: the tuple of one is Bob's, and the birth date of the other, who is Cat, is at odds with hers
    patient('hospital', 'like bob', '1 1 1980-05-18 B'),
    patient('hospital', 'like cat', '1 1 1951-11-02 C'),
    patient('gp', 'bob', '2 1 1980-05-18 B'),
    patient('clinic', 'bob again', '2 1 1980-05-18 B'),
    patient('gp', 'cat', '3 1 1951-11-02 C'),
  ];
  const count = (some: readonly Outcome[]) => some.reduce((all, { subjects }) => all + subjects, 0);
  const look = (minProbability: number | null) =>
    audit(linkageOf(story, minProbability), ladder, async (engine) => {
      const { outcomes, links } = await readCounts(engine);
      const hidden = outcomes.filter(({ part }) => part === PARTS.hidden);
      const eight = links.find(({ ladderIndex }) => ladder[ladderIndex]!.rank === 8);
      return {
        hidden: count(hidden),
        known: count(hidden.filter(({ isOwnKnown }) => isOwnKnown)),
        mistakable: count(hidden.filter(({ hasOthers }) => hasOthers)),
        found: count(hidden.filter(({ found }) => found !== null)),
        links: eight?.links ?? 0,
        contradicted: eight?.contradicted ?? 0,
      };
    });

  test('is no link, makes nothing known, and does not count as contradicted', async () => {
    // two subjects of Ann have the same tuple, and so have two of Bob; Bob cannot be distinguished from her who has his
    const linked = { hidden: 6, known: 4, mistakable: 3, found: 3, links: 1, contradicted: 1 };
    expect(await look(null)).toEqual(linked);
    // whose link is refused may be another than Bob
    const refused = { hidden: 5, known: 4, mistakable: 0, found: 2, links: 0, contradicted: 0 };
    expect(await look(0.9)).toEqual(refused);
  });

  test('is none that the audit makes by tuple', async () => {
    expect(await look(0.9999)).toMatchObject({ hidden: 5, known: 4, found: 0 });
  });
});

test('a link that was taken apart is not looked at, and what it made known stays known', async () => {
  const ann = '1 2 1980-05-17 A';
  const again = { ...patient('hospital', 'ann again', ann), isTakenApart: true };
  for (const ladder of [LADDERS['eight-step'], LADDERS['two-step']]) {
    const linkage = linkageOf([patient('gp', 'ann', ann), again]);
    await audit(linkage, ladder, async (engine) => {
      const { outcomes, links } = await readCounts(engine);
      expect(links.reduce((all, one) => all + one.links + one.contradicted, 0)).toBe(0);
      expect(outcomes).toMatchObject([{ part: PARTS.hidden, subjects: 1, isOwnKnown: true, isRight: true }]);
    });
  }
});

test('a rank that asks for local ids is wrong where these are another person’s, even if others have the tuple', async () => {
  const ann = '1 2 1980-05-17 A';
  const bob = '2 2 1980-05-17 A';
  const localPatientIds = new Set(['X1']);
  // a name distinguishes subjects of one source only, not of another
  const name = 'the same';
  const linkage = linkageOf([
    patient('gp', name, ann),
    { ...patient('hospital', name, ann), localPatientIds },
    { ...patient('clinic', name, bob), localPatientIds },
  ]);
  await audit({ ...linkage, flat: ['hospital', 'clinic'] }, LADDERS.hesid, async (engine) => {
    const hidden = (await readCounts(engine)).outcomes.filter(({ part }) => part === PARTS.hidden);
    // Ann in hospital is taken for Bob, and Bob for her; the subject of the GP has only its tuple, which is that of both
    expect(
      hidden.map(({ subjects, found, isRight, isOwnKnown }) => [subjects, found, isRight, isOwnKnown]),
    ).toEqual(
      expect.arrayContaining([
        [1, 1, false, true],
        [1, 1, false, false],
        [1, null, null, true],
      ]),
    );
    expect(hidden).toHaveLength(3);
  });
});

test.each([
  ['two steps', LADDERS['two-step']],
  ['eight steps', LADDERS['eight-step']],
])('the rates of %s are those that are counted subject by subject', async (_, ladder) => {
  // every seventh is not known to the GP; the others have one record there, and up to three elsewhere
  const subjects = crowd(280).subjects.flatMap((one, index): AuditedSubject[] => {
    if (one.source !== 'gp') return [{ ...one, records: 1 + (index % 3) }];
    return index % 14 === 0 ? [] : [one];
  });
  const linkage = { ...linkageOf(subjects), flat: ['hospital', 'clinic'] };
  const { outcomes, links, numberless } = auditPlainly(linkage, ladder);
  await audit(linkage, ladder, async (_engine, result) => {
    expect(result).toEqual(estimateAudit(ladder, links, outcomes, numberless, AS_COUNTED));
    const { precision, recall, hiddenRecall } = result.ranks.find(({ rank }) => rank === 6)!;
    expect([precision, recall, hiddenRecall]).not.toContain(null);
  });
});

test('every rank of two steps is audited: 8 by the number, 6 by the tuples of others', async () => {
  await audit(crowd(400), LADDERS['two-step'], async (_, { sampled, ranks }) => {
    const [eight, six] = ranks;
    // of 400 at a later source 60 lack a number, and all of these are found; the other 340 are links, and have it hidden
    expect(sampled).toBe(340);
    expect(eight).toMatchObject({ rank: 8, links: 340, sampled: 340, precision: 1, recall: 1 });
    expect(six).toMatchObject({ rank: 6, links: 60, sampled: 340, precision: 1, recall: 1, hiddenRecall: 1 });
  });
});

/** So many people: at the first source, and again at a later one, where every fifth or every tenth has no number. */
function crowd(people: number): Linkage {
  const subjects = Array.from({ length: people }, (_, n) => {
    const day = String((n % 28) + 1).padStart(2, '0');
    const said = `1 1970-02-${day} P${n >> 3}`;
    const later = n % 2 === 0 ? 'hospital' : 'clinic';
    const hasNone = n % (n % 2 === 0 ? 20 : 5) === 0;
    return [
      patient('gp', `gp ${n}`, `n${n} ${said}`),
      patient(later, `later ${n}`, `${hasNone ? '-' : `n${n}`} ${said}`),
    ];
  });
  return {
    subjects: subjects.flat(),
    flat: [],
    ignoredPostcodes: new Set(),
    minProbability: null,
    witnesses: [],
  };
}

describe('the sample', () => {
  const people = crowd(4000);
  const ladder = LADDERS['eight-step'];
  const seed = AUDIT_SEED;
  const readSample = async (engine: DuckDbEngine) =>
    (
      await engine.query(
        `SELECT a.part, a.source, s.subject_a::VARCHAR AS a, s.subject_b::VARCHAR AS b
FROM audit_sample AS a JOIN subjects AS s ON a.subject = s.subject`,
        'reading',
      )
    )
      .map(({ part, source, a, b }) => `${part} ${source} ${a} ${b}`)
      .sort();

  test('has as many of each source as lack a number there, and no more than are asked for', async () => {
    const sample = await audit(people, ladder, readSample, { sample: 500, seed });
    const of = (start: string) => sample.filter((one) => one.startsWith(start)).length;
    // 200 of the hospital's lack a number, and 400 of the clinic's
    expect([of('0 0'), of('0 1'), of('0 2')]).toEqual([0, 166, 333]);
    expect(of('1 ')).toBe(500);
  });

  test('is of those who drew the smallest lots', async () => {
    const prime = 2n ** 31n - 1n;
    const lotOf = (one: AuditedSubject) => {
      const half = BigInt(subjectHalves(one)[0]) % prime;
      return (((half + prime) % prime) * BigInt(seed)) % prime;
    };
    const later = people.subjects
      .filter(({ source, nhsNumber }) => source !== 'gp' && nhsNumber !== null)
      .sort((a, b) => (lotOf(a) < lotOf(b) ? -1 : 1));
    const keyOf = (part: number) => (one: AuditedSubject) =>
      `${part} ${SOURCES.indexOf(one.source)} ${subjectHalves(one).join(' ')}`;
    const of = (name: string) => later.filter(({ source }) => source === name);
    expect(await audit(people, ladder, readSample, { sample: 500, seed })).toEqual(
      [
        ...[...of('hospital').slice(0, 166), ...of('clinic').slice(0, 333)].map(keyOf(PARTS.hidden)),
        ...later.slice(0, 500).map(keyOf(PARTS.link)),
      ].sort(),
    );
  });

  test('is the same for any order of rows and any number of threads, and another with another seed', async () => {
    const draw = { sample: 500, seed };
    const first = await audit(people, ladder, readSample, draw);
    const backwards = { ...people, subjects: people.subjects.toReversed() };
    expect(await audit(backwards, ladder, readSample, draw, 4)).toEqual(first);
    const another = await audit(people, ladder, readSample, { sample: 500, seed: seed + 1 });
    expect(another).toHaveLength(first.length);
    const kept = new Set(another);
    expect(first.filter((one) => kept.has(one)).length).toBeLessThan(first.length / 2);
  });

  test('is of later sources where every subject has a number', async () => {
    const numbered = {
      ...people,
      subjects: people.subjects.filter(({ nhsNumber }) => nhsNumber !== null).slice(0, 400),
    };
    const sample = await audit(numbered, ladder, readSample);
    const hidden = sample.filter((one) => one.startsWith('0 '));
    expect(hidden).toHaveLength(numbered.subjects.filter(({ source }) => source !== 'gp').length);
    expect(hidden.some((one) => one.startsWith('0 0'))).toBe(false);
  });

  test.each(Object.entries(AUDITED))('is empty where no subject can be linked, by %s', async (_, any) => {
    const alone = people.subjects.filter(({ source }) => source === 'gp').slice(0, 20);
    for (const subjects of [alone, []]) {
      await audit({ ...people, subjects }, any, async (engine, result) => {
        expect(await readSample(engine)).toEqual([]);
        expect(result).toEqual(estimateAudit(any, [], [], [], AS_COUNTED));
      });
    }
  });
});
