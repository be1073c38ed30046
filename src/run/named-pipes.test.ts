import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchFolder } from './test-rig/bench-folder.ts';
import { PIPELINE, putFiles, REPLY } from './test-rig/two-sides.ts';

let folder: BenchFolder;
beforeAll(() => {
  folder = BenchFolder.make();
  putFiles(folder);
  rmSync(folder.at('register.csv'));
  execFileSync('mkfifo', [folder.at('pipe'), folder.at('register.csv')]);
});
afterAll(() => folder.remove());

const national = { optOuts: { national: { ...REPLY, reply: 'pipe' } } };
const released = (more: object) => ({ release: { ...PIPELINE.release, ...more } });
const without = {
  optOuts: {
    codes: { table: 'events', column: 'read', date: 'day' },
    waived: { national: 'not tested here' },
    maxUnmatched: '100%', // a patient without a number has opted out
  },
};

describe('a named pipe to which nobody writes', () => {
  it.each([
    ['the register', {}],
    ['the national reply', national],
    ['the list of sensitive codes', { ...without, ...released({ sensitiveCodes: 'pipe' }) }],
    ['the list of ignored postcodes', { ...without, link: { ignorePostcodes: 'pipe' } }],
    ['the list of superseded numbers', { ...without, link: { supersededNumbers: 'pipe' } }],
    ['the canaries', { ...without, canaries: 'pipe' }],
    ['a key', { ...without, keys: { linkage: { file: 'linkage.key' }, release: { file: 'pipe' } } }],
    ['another key', { ...without, keys: { linkage: { file: 'pipe' }, release: { file: 'release.key' } } }],
  ])('in place of %s is refused, and does not hold the run up', async (_, change) => {
    expect(await folder.refusal({ ...PIPELINE, ...change })).toMatch(
      /^exit [13]: .*is a named pipe \(FIFO\), and not a plain file/,
    );
  });
});
