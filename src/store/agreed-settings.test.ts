import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parsePipeline } from '../pipeline/parse-pipeline.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { agreedSettings, differingSettings } from './agreed-settings.ts';

const FILE = resolve('pipelines/nightly.yaml');
const nightly = parsePipeline(readFileSync(FILE, 'utf8'), {
  file: FILE,
  shownAs: 'nightly.yaml',
  runDate: '2026-04-01',
  variables: { TALLYSTICK_KEY_FILE: '/k1', TALLYSTICK_RELEASE_KEY_FILE: '/k2' },
  identifierIn: () => null,
});

const differences = (other: Pipeline) => differingSettings(agreedSettings(nightly), agreedSettings(other));

/** Two searched tables, whose order the sources decide. */
const [first] = nightly.optOuts.codes;
const codes = [first!, { ...first!, table: 'another_table' }];

test('two sides agree whatever the order of their sources, and of what follows from it', () => {
  const here = { ...nightly, optOuts: { ...nightly.optOuts, codes } };
  const there = {
    ...nightly,
    sources: nightly.sources.toReversed(),
    optOuts: {
      ...nightly.optOuts,
      codes: codes.toReversed(),
      waivers: nightly.optOuts.waivers.toReversed(),
    },
  };
  expect(differingSettings(agreedSettings(here), agreedSettings(there))).toEqual([]);
});

test('a table in which one side looks for opt-outs and the other does not is a difference', () => {
  expect(differences({ ...nightly, optOuts: { ...nightly.optOuts, codes } })).toEqual(['optOuts.codes']);
  expect(differences({ ...nightly, optOuts: { ...nightly.optOuts, codes: [] } })).toEqual(['optOuts.codes']);
  expect(differences(nightly)).toEqual([]);
});
