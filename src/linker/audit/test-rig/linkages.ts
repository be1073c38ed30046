import fc from 'fast-check';
import { LADDERS, type Ladder } from '../../../domain/match-rank.ts';
import type { Witness } from '../../../oracle/witnesses.ts';
import { type AuditedSubject, type Linkage, SOURCES } from './linked-tables.ts';

const TUPLE = ['sex', 'date-of-birth', 'postcode'] as const;
/** Ladders of every kind. */
export const AUDITED: Readonly<Record<string, Ladder>> = {
  ...LADDERS,
  'a ladder that mixes ranks': [
    { rank: 30, agree: ['nhs-number', 'sex'], unless: [] },
    { rank: 7, agree: [...TUPLE, 'local-patient-id'], unless: ['ignored-postcode'] },
    { rank: 12, agree: TUPLE, unless: ['ignored-postcode'] },
    { rank: 2, agree: ['nhs-number'], unless: [] },
    { rank: 3, agree: TUPLE, unless: [] },
  ],
  'a ladder that believes numbers last': [
    { rank: 4, agree: [...TUPLE, 'local-patient-id'], unless: ['first-of-january'] },
    { rank: 5, agree: TUPLE, unless: ['ignored-postcode'] },
    { rank: 9, agree: ['nhs-number'], unless: [] },
  ],
  'a ladder with no rank of the number': [
    { rank: 3, agree: TUPLE, unless: ['ignored-postcode'] },
    { rank: 1, agree: [...TUPLE, 'local-patient-id'], unless: [] },
  ],
  'a ladder with ranks of the number alone': [
    { rank: 1, agree: ['nhs-number', 'partial-date-of-birth', 'postcode'], unless: [] },
    { rank: 2, agree: ['nhs-number', 'sex'], unless: [] },
  ],
};

type Said = Omit<AuditedSubject, 'own'>;

const DAY = '1980-05-17';
/** Few values, so that tuples and numbers meet. */
const subjectArbitrary: fc.Arbitrary<Said> = fc.record({
  source: fc.constantFrom(...SOURCES),
  nhsNumber: fc.constantFrom('1', '2', '3', '4', '5', null),
  sex: fc.constantFrom('1', '1', '1', '2', null),
  birthDate: fc.constantFrom(...Array(4).fill(DAY), '1980-05-18', '1951-11-02', '1980-01-01', null),
  postcode: fc.constantFrom('A', 'A', 'A', 'B', 'C', null),
  localPatientIds: fc
    .subarray(['X1', 'X2', 'Y1', null])
    .map((ids): ReadonlySet<string | null> => new Set(ids)),
  earlierPostcodes: fc
    .oneof(fc.constant([]), fc.subarray(['A', 'B', 'C']))
    .map((postcodes): ReadonlySet<string> => new Set(postcodes)),
  records: fc.integer({ min: 1, max: 5 }),
  isTakenApart: fc.nat({ max: 11 }).map((one) => one === 11),
});

/** Of somebody of whom nothing is recorded. */
export const NOTHING_SAID: Omit<Said, 'source'> = {
  nhsNumber: null,
  sex: null,
  birthDate: null,
  postcode: null,
  localPatientIds: new Set(),
  earlierPostcodes: new Set(),
  records: 1,
  isTakenApart: false,
};

/** In every source somebody lacks a number, and so all who have one are sampled. */
const NUMBERLESS = SOURCES.map((source): Said => ({ ...NOTHING_SAID, source }));

/** More people than one of number 5, so that it is a crowd. */
const crowdArbitrary: fc.Arbitrary<readonly Said[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(subjectArbitrary, { minLength: 25, maxLength: 25 }).map((crowd) =>
      crowd.map((one, index) => ({
        ...one,
        nhsNumber: '5',
        birthDate: `1960-03-${String(index + 2).padStart(2, '0')}`,
      })),
    ),
  },
);

/** Somebody who was stopped above the boundary, at one of the tuples that are met most. */
const witnessArbitrary: fc.Arbitrary<Witness> = fc.record({
  tuple: fc.constantFrom(`1|${DAY}|A`, `1|${DAY}|A`, `1|${DAY}|B`, `2|${DAY}|A`),
  nhsNumber: fc.constantFrom('1', '2', '3', '6', null),
  localPatientId: fc.constantFrom('X1', null),
  optOuts: fc.constant([]),
});

/**
 * Made-up linkages, in which numbers and tuples meet.
 *
 * @param minProbabilities those that are asked for
 */
export function linkages(minProbabilities: readonly (number | null)[]): fc.Arbitrary<Linkage> {
  return fc
    .record({
      drawn: fc.array(subjectArbitrary, { minLength: 5, maxLength: 30 }),
      crowd: crowdArbitrary,
      flat: fc.subarray(SOURCES),
      ignored: fc.subarray(['A', 'B']),
      minProbability: fc.constantFrom(...minProbabilities),
      witnesses: fc.array(witnessArbitrary, { maxLength: 3 }),
    })
    .map(({ drawn, crowd, flat, ignored, minProbability, witnesses }) => {
      const said = [...drawn, ...crowd, ...NUMBERLESS];
      // a token distinguishes subjects of one source: in another source another person can have the same
      const subjects = SOURCES.flatMap((source) =>
        said.filter((one) => one.source === source).map((one, nth) => subjectOf(one, `s${nth}`, flat)),
      );
      return { subjects, flat, ignoredPostcodes: new Set(ignored), minProbability, witnesses };
    });
}

/** As its source can have it: every local id is on a row of a flat table, and only patients have addresses. */
export function subjectOf(said: Said, name: string, flat: readonly string[]): AuditedSubject {
  const isFlat = flat.includes(said.source);
  const own = { kind: isFlat ? 'k' : `patient-key/${said.source}`, text: name };
  return isFlat
    ? {
        ...said,
        own,
        earlierPostcodes: new Set(),
        records: Math.max(said.records, said.localPatientIds.size),
      }
    : { ...said, own, localPatientIds: new Set(), records: 1 };
}
