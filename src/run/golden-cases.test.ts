/**
 * Every folder of fixtures/cases, through both engines. UPDATE_GOLDEN=1 writes the results of the program as the expected
 * files: check the difference before you commit it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parsePipeline } from '../pipeline/parse-pipeline.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { BenchFolder, RUN_DATE } from './test-rig/bench-folder.ts';
import { CASES, caseNames, expectedFiles, putCase, tellMeaning } from './test-rig/golden-case.ts';
import { meaningByProgram, meaningByReference, putFixedKeys } from './test-rig/oracle-comparison/run-both.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
  rmSync(folder.at('register.csv'));
  putFixedKeys(folder);
});
afterEach(() => folder.remove());

function openCase(name: string) {
  putCase(folder, name);
  const file = folder.at('pipeline.yaml');
  return parsePipeline(readFileSync(file, 'utf8'), {
    file,
    runDate: RUN_DATE,
    variables: {},
    shownAs: 'pipeline.yaml',
    identifierIn: () => null,
  });
}

/** A refusal is shown with its message, which only the program has. */
async function tellByProgram(pipeline: Pipeline): Promise<Record<string, string>> {
  const meaning = await meaningByProgram(folder, pipeline);
  const meant = tellMeaning(meaning);
  return 'exitCode' in meaning ? { 'refused.txt': `${meant['refused.txt']}${meaning.message}\n` } : meant;
}

if (process.env['UPDATE_GOLDEN'] === '1') {
  test.each(caseNames())('%s: expected files written again', async (name) => {
    const expected = join(CASES, name, 'expected');
    rmSync(expected, { recursive: true, force: true });
    mkdirSync(expected);
    for (const [file, text] of Object.entries(await tellByProgram(openCase(name)))) {
      writeFileSync(join(expected, file), text);
    }
    expect(expectedFiles(name)).not.toEqual({});
  });
}

test.each(caseNames())('%s', async (name) => {
  const pipeline = openCase(name);
  const expected = expectedFiles(name);
  const byReference = tellMeaning(meaningByReference(pipeline));
  const isRefused = byReference['refused.txt'] !== undefined;
  if (isRefused)
    expect(expected['refused.txt'], 'the reference engine').toContain(byReference['refused.txt']);
  else expect(byReference, 'the reference engine').toEqual(expected);
  expect(await tellByProgram(pipeline), 'the program').toEqual(expected);
});
