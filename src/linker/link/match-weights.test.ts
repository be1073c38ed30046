/** The match weights that a run records, and when it records none. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listSteps } from '../../run/list-steps.ts';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { flatSource, type RecordedFields, storyOf } from '../../run/test-rig/oracle-comparison/family.ts';
import { writeStory } from '../../run/test-rig/oracle-comparison/scenario.ts';
import type { MatchWeightRecord } from './link-subjects.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make('same keys each time');
});
afterEach(() => folder.remove());

const ANN: RecordedFields = {
  nhs: '4010232137',
  dob: '1980-05-07',
  sex: '2',
  home: 'LS14AP',
  local: 'L1',
  org: 'X',
};
const STRANGER: RecordedFields = { ...ANN, dob: '1977-02-19', sex: '1', home: 'M11AE' };
const WITHOUT: RecordedFields = { ...ANN, nhs: '' };

function pipelineOf(link: object) {
  const sources = [flatSource('one', [ANN]), flatSource('two', [ANN, STRANGER, WITHOUT])];
  const scenario = writeStory(storyOf(sources, { link, lists: {}, untied: 'release' }), {
    parts: 1,
    isReversed: false,
  });
  for (const [name, bytes] of Object.entries(scenario.files)) folder.put(name, bytes);
  return folder.parse(scenario.pipeline);
}

/** The operator's record of linkage, the run's id, and the columns of a released table. */
async function publish(link: object) {
  const { result, text, rows } = await folder.publish(pipelineOf(link));
  const { linkage } = JSON.parse(text('operator/receipts.json')) as {
    linkage?: { weights: MatchWeightRecord };
  };
  const columns = Object.keys((await rows('two_stays'))[0]!);
  return {
    weights: linkage?.weights,
    runId: result.runId,
    columns,
    dictionary: text('release/data-dictionary.md'),
  };
}

test('the operator’s record has the parameters, the pairs they come from, and how many links were refused', async () => {
  const { weights, columns, dictionary } = await publish({ ranks: 'eight-step' });
  expect(weights).toMatchObject({
    minProbability: null,
    refused: 0,
    sameNumber: { pairs: 2, hasConverged: true },
    sameDemographics: { pairs: 2, hasConverged: true },
  });
  expect(Object.keys(weights!.fields)).toEqual(['date-of-birth', 'nhs-number', 'postcode', 'sex']);
  for (const { m, u } of Object.values(weights!.fields)) {
    expect(Object.values(m).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(Object.values(u).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  }
  expect(columns.slice(0, 3)).toEqual(['person', 'match_rank', 'match_probability']);
  expect(dictionary).toContain('How probably the record is the person’s');
});

test.each([
  [0.5, 1], // the stranger under her number
  [0.998, 2], // and the row without one
])('links below %d are refused: %d of them', async (minProbability, refused) => {
  const { weights } = await publish({ ranks: 'eight-step', minProbability });
  expect(weights).toMatchObject({ minProbability, refused });
});

test('what is asked for is part of the name of the run', async () => {
  const ids = new Set<string>();
  for (const asked of [{}, { minProbability: 0.5 }, { minProbability: 0.6 }]) {
    ids.add((await publish({ ranks: 'eight-step', ...asked })).runId);
  }
  expect(ids.size).toBe(3);
});

test('a ladder that compares no field has no match weights, no column and no step for them', async () => {
  const { weights, columns } = await publish({ ranks: 'two-step' });
  expect(weights).toBeUndefined();
  expect(columns).not.toContain('match_probability');
  const steps = JSON.stringify(listSteps(pipelineOf({ ranks: 'two-step' })));
  expect(steps).not.toMatch(/pattern|probabilit|lone_tuples/);
});

test('the plan shows every step without data, the later ones over a table that the match weights will make', () => {
  const steps = listSteps(pipelineOf({ ranks: 'eight-step', minProbability: 0.5 }));
  const names = steps.filter(({ part }) => part === 'link').map(({ name }) => name);
  expect(names.indexOf('pair_patterns')).toBeLessThan(names.indexOf('link_probabilities'));
  expect(names.at(-1)).toBe('subject_persons');
  const readers = steps.filter(({ reads }) => reads.includes('pattern_probabilities'));
  expect(readers.map(({ name }) => name)).toEqual([
    'link_probabilities',
    'subject_persons',
    'audit_outcomes',
  ]);
  for (const { sql } of readers) expect(sql).toContain('pattern_probabilities');
});
