import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePipeline } from '../pipeline/parse-pipeline.ts';
import { BenchFolder, RUN_DATE } from './test-rig/bench-folder.ts';
import { putCase } from './test-rig/golden-case.ts';

let folder: BenchFolder;
let written: string;
beforeAll(() => {
  folder = BenchFolder.make('same keys each time');
  putCase(folder, 'link-earlier-address');
  written = readFileSync(folder.at('pipeline.yaml'), 'utf8');
});
afterAll(() => folder.remove());

async function runIdOf(text: string): Promise<string> {
  const context = {
    file: folder.at('pipeline.yaml'),
    runDate: RUN_DATE,
    variables: {},
    shownAs: 'pipeline.yaml',
    identifierIn: () => null,
  };
  return (await folder.publish(parsePipeline(text, context))).result.runId;
}

describe('the id of a run', () => {
  it('is the same for the same files, read alike', async () => {
    expect(await runIdOf(written)).toBe(await runIdOf(written));
  });

  it('is another where the busiest postcodes are ignored, and where more of them are', async () => {
    const asked = (share: string) => written.replace('link: {', `link: { ignoreBusiestPostcodes: ${share},`);
    const ids = [await runIdOf(written), await runIdOf(asked('1%')), await runIdOf(asked('2%'))];
    expect(new Set(ids).size).toBe(3);
  });

  it.each(['patients.csv', 'addresses.csv', 'visits.csv', 'stays.csv'])(
    'is another where %s is read in another way',
    async (file) => {
      const changed = written.replace(new RegExp(`( *)files: ${file}`), `$&\n$1format: { quote: "'" }`);
      expect(await runIdOf(changed)).not.toBe(await runIdOf(written));
    },
  );
});
