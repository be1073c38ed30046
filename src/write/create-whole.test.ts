import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWhole } from './create-whole.ts';

let scratch: string;
let path: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tallystick-whole-'));
  path = join(scratch, '.lock');
});
afterEach(() => rm(scratch, { recursive: true }));

it('makes a file with its text, and does not change an existing one', async () => {
  expect(await createWhole(path, 'first', 'a')).toBe(true);
  expect(await createWhole(path, 'second', 'b')).toBe(false);
  expect(await readFile(path, 'utf8')).toBe('first');
  expect(await readdir(scratch)).toEqual(['.lock']);
});

it('succeeds for exactly one of many processes, which leaves a complete file', async () => {
  const makers = Array.from({ length: 20 }, (_, index) => `maker-${index}`);
  const made = await Promise.all(makers.map((maker) => createWhole(path, maker.repeat(1000), maker)));
  expect(made.filter(Boolean)).toHaveLength(1);
  expect(await readFile(path, 'utf8')).toBe(makers[made.indexOf(true)]!.repeat(1000));
  expect(await readdir(scratch)).toEqual(['.lock']);
});

it('removes the temporary file of a process that died', async () => {
  const [dead, alive] = [`${path}.new-dead-1`, `${path}.new-alive-1`];
  for (const beside of [dead, alive]) await writeFile(beside, 'half of a te');
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  await utimes(dead, twoHoursAgo, twoHoursAgo);
  await createWhole(path, 'text', 'a');
  expect(await readdir(scratch)).toEqual(['.lock', '.lock.new-alive-1']);
});

it('reports why the file cannot be made', async () => {
  await expect(createWhole(join(scratch, 'none', '.lock'), 'text', 'a')).rejects.toMatchObject({
    name: 'WriteError',
  });
});
