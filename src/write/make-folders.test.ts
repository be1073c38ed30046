import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolders } from './make-folders.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-folders-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder is made with those above it, and one that is there is left as it is', () => {
  const path = join(folder, 'a', 'b', 'c');
  makeFolders(path, 0o700);
  makeFolders(path, 0o755);
  expect(statSync(path).isDirectory()).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a file in its place, or in the place of one above it, is refused', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolders(join(folder, 'file'), 0o700)).toThrow(/EEXIST/);
  expect(() => makeFolders(join(folder, 'file', 'below'), 0o700)).toThrow(/ENOTDIR/);
});

test.runIf(existsSync('/proc/self'))('where the system makes no folder at all, its error is thrown', () => {
  expect(() => makeFolders('/proc/tallystick/out', 0o700)).toThrow(/ENOENT|EPERM|EACCES/);
});
