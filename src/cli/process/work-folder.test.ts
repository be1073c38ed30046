import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWorkFolder } from './work-folder.ts';

const silenceMs = 240;
const processes = {
  owner: 'a7',
  host: 'here',
  pid: 7,
  scope: 'one kernel',
  isAlive: (pid: number) => pid === 8,
  birthMark: (pid: number) => `mark of ${pid}`,
};
let parent: string;
let notices: string[];
const make = () => makeWorkFolder(parent, (message) => notices.push(message), { processes, silenceMs });
const pathOf = (owner: string) => join(parent, `.tallystick-work-${owner}`);
/** Leaves the work folder of another process. */
function leave(owner: string, mark: object | null): string {
  mkdirSync(pathOf(owner));
  if (mark !== null) {
    const startedAt = '2025-01-02T03:04:05.000Z';
    const text = JSON.stringify({ owner, pid: 6, host: 'here', startedAt, scope: 'one kernel', ...mark });
    writeFileSync(join(pathOf(owner), '.owner'), text);
  }
  return pathOf(owner);
}
const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'tallystick-work-'));
  notices = [];
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('the work folder', () => {
  it('is private, and is removed with its content', () => {
    const folder = make();
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    writeFileSync(join(folder.path, 'tokens'), 'x');
    folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });

  it('has a mark that names its owner', () => {
    const folder = make();
    const mark = JSON.parse(readFileSync(join(folder.path, '.owner'), 'utf8'));
    expect(mark).toMatchObject({ owner: 'a7', pid: 7, host: 'here', scope: 'one kernel' });
    expect(statSync(join(folder.path, '.owner')).mode & 0o777).toBe(0o600);
    folder.remove();
  });

  it('removes those of dead processes of this scope at once, and leaves those of live ones', () => {
    const gone = leave('b6', { birthMark: 'mark of 6' });
    const later = leave('c8', { pid: 8, birthMark: 'an earlier 8' });
    const live = leave('d8', { pid: 8, birthMark: 'mark of 8' });
    const folder = make();
    expect(readdirSync(parent).map((name) => join(parent, name))).toEqual([folder.path, live]);
    expect(notices).toEqual([
      `removed ${gone}, the work folder of a dead process`,
      `removed ${later}, the work folder of a dead process`,
    ]);
    folder.remove();
  });

  it('never removes the folder of a live process in another container with the same host name and pid', async () => {
    const other = leave('b7', { pid: 7, scope: 'another container', birthMark: 'mark of 1' });
    const mark = join(other, '.owner');
    const beat = setInterval(() => utimesSync(mark, new Date(), new Date()), silenceMs / 8);
    const folder = make();
    await soon(silenceMs * 2);
    clearInterval(beat);
    folder.remove();
    expect(readdirSync(parent).map((name) => join(parent, name))).toEqual([other]);
    expect(notices).toEqual([]);
  });

  it('removes the folder of a silent process in another container, while the run is working', async () => {
    const other = leave('b7', { scope: 'another container' });
    const folder = make();
    expect(existsSync(other)).toBe(true);
    await soon(silenceMs * 3);
    expect(existsSync(other)).toBe(false);
    expect(notices).toEqual([`removed ${other}, the work folder of a process that gave no sign of life`]);
    folder.remove();
  });

  it('reports a folder whose owner is still unknown at the end, and removes a day-old one at once', async () => {
    const other = leave('b7', { scope: 'another container' });
    const old = leave('c7', { scope: 'another container' });
    const unmarked = leave('there-6', null);
    const day = new Date(Date.now() - 25 * 3600 * 1000);
    utimesSync(join(old, '.owner'), day, day);
    utimesSync(unmarked, day, day);
    make().remove();
    expect(readdirSync(parent).map((name) => join(parent, name))).toEqual([other]);
    expect(notices).toEqual([
      `removed ${old}, the work folder of a dead process`,
      `removed ${unmarked}, the work folder of a dead process`,
      `${other} may be the work folder of a process that died: a later run removes it`,
    ]);
  });

  it('is refused with exit code 3 where it cannot be made', () => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    expect(() => makeWorkFolder(file, () => undefined, { processes })).toThrow(
      expect.objectContaining({ exitCode: 3, problems: [expect.objectContaining({ file })] }),
    );
  });
});
