import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { DeclaredTypeName } from '../domain/held-reason.ts';
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

test('types, their order, what is switched off and whether practices are checked are agreed on', () => {
  const withMore = (more: Partial<Pipeline['optOuts']>) => ({
    ...nightly,
    optOuts: { ...nightly.optOuts, ...more },
  });
  const exempt = (because: string, basis: 'consent' | 'legal-duty') =>
    withMore({ exempt: [{ type: 'type-2', because, basis }] });
  const trial = { name: 'trial' as DeclaredTypeName, scope: 'person', description: 'in no trial' } as const;
  expect(differences(exempt('everybody consented', 'consent'))).toEqual(['optOuts.exempt']);
  expect(differences(withMore({ types: [trial] }))).toEqual(['optOuts.types']);
  expect(differences(withMore({ order: ['type-2'] }))).toEqual(['optOuts.order']);
  const between = (one: Pipeline, other: Pipeline) =>
    differingSettings(agreedSettings(one), agreedSettings(other));
  const consented = exempt('everybody consented', 'consent');
  expect(between(consented, exempt('in other words', 'consent'))).toEqual([]);
  expect(between(consented, exempt('everybody consented', 'legal-duty'))).toEqual(['optOuts.exempt']);
  const described = withMore({ types: [{ ...trial, description: 'in other words' }] });
  expect(between(withMore({ types: [trial] }), described)).toEqual([]);
  expect(
    Object.keys(agreedSettings(nightly)).filter((name) => /types|order|reasons|exempt|practices/.test(name)),
  ).toEqual([]);
});
