/** One NHS number typed for 25 people: too many to draw among families, so they have a story of their own. */
import { afterEach, expect, test } from 'vitest';
import { CROWD_LIMIT } from '../../domain/match-rank.ts';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { flatSource, type RecordedFields, storyOf } from '../../run/test-rig/oracle-comparison/family.ts';
import {
  meaningByProgram,
  meaningByReference,
  putFixedKeys,
} from '../../run/test-rig/oracle-comparison/run-both.ts';
import { writeStory } from '../../run/test-rig/oracle-comparison/scenario.ts';

let folder: BenchFolder;
afterEach(() => folder.remove());

const ONE: RecordedFields = {
  nhs: '4010232137',
  dob: '1970-03-01',
  sex: '1',
  home: 'LS14AP',
  local: 'L1',
  org: 'X',
};
const CROWD = Array.from({ length: 25 }, (_, n) => ({
  ...ONE,
  dob: `1970-03-${String(n + 1).padStart(2, '0')}`,
}));
const VISITORS: readonly RecordedFields[] = [
  ...CROWD,
  { ...ONE, home: 'M11AE' },
  { ...ONE, sex: '' },
  { ...ONE, dob: '' },
  { ...ONE, nhs: '', dob: '1970-03-02' },
];
const NUMBER_AND_POSTCODE = [{ rank: 1, agree: ['nhs-number', 'postcode'] }];

/** Everybody in the second source, and these in the first, which is the number's reference. */
async function meet(references: readonly RecordedFields[], ranks: unknown) {
  const story = storyOf([flatSource('one', references), flatSource('two', VISITORS)], {
    link: { ranks },
    lists: {},
    untied: 'release',
  });
  const scenario = writeStory(story, { parts: 1, isReversed: false });
  folder = BenchFolder.make();
  putFixedKeys(folder);
  for (const [name, bytes] of Object.entries(scenario.files)) folder.put(name, bytes);
  const pipeline = folder.parse(scenario.pipeline);
  const reference = meaningByReference(pipeline);
  expect(await meaningByProgram(folder, pipeline)).toEqual(reference);
  return 'exitCode' in reference ? null : reference.persons;
}

test.each([
  ['eight steps', 'eight-step'],
  ['three passes', 'hesid'],
  ['a ladder that asks for neither sex nor birth date', NUMBER_AND_POSTCODE],
])('by %s, one person stays whole in a crowd of visitors', async (_, ranks) => {
  // his are the row at home and the one at another address, which a ladder that requires the postcode does not link; the one
  // without a number may be any of those whose number is in doubt
  const strangers = CROWD.length - 1 + 3 + (ranks === NUMBER_AND_POSTCODE ? 1 : 0);
  expect(await meet([ONE], ranks)).toMatchObject({ released: 1, heldBack: strangers });
});

test.each(['eight-step', 'hesid'])(
  'by %s, a crowd at the number’s own source is not linked',
  async (ranks) => {
    expect(await meet(CROWD, ranks)).toMatchObject({ released: 0, heldBack: CROWD.length + 4 });
  },
);

test('as many as the limit are no crowd, even if others have the tuple', async () => {
  expect(await meet(CROWD.slice(0, CROWD_LIMIT), 'eight-step')).toMatchObject({ heldBack: 7 });
});

test('two-step, which compares no field, trusts every number', async () => {
  expect(await meet(CROWD, 'two-step')).toMatchObject({
    released: 1,
    heldBack: 0,
  });
});
