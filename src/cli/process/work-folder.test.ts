import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWorkFolder } from './work-folder.ts';

const processes = { host: 'here', pid: 7, isAlive: (pid: number) => pid === 8, birthMark: () => null };
let parent: string;
let notices: string[];
const make = () => makeWorkFolder(parent, (message) => notices.push(message), processes);

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'tallystick-work-'));
  notices = [];
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('the work folder', () => {
  it('is private, and is removed with all that is in it', () => {
    const folder = make();
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    writeFileSync(join(folder.path, 'tokens'), 'x');
    folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });

  it('takes those of dead processes of this host away, and of no others', () => {
    for (const name of ['here-6', 'here-7', 'here-8', 'there-6']) {
      mkdirSync(join(parent, `.tallystick-work-${name}`));
    }
    make();
    expect(readdirSync(parent).sort()).toEqual([
      '.tallystick-work-here-7',
      '.tallystick-work-here-8',
      '.tallystick-work-there-6',
    ]);
    expect(notices).toEqual([
      'removed the work folder of process 6, which is gone',
      'removed the work folder of process 7, which is gone',
      `${join(parent, '.tallystick-work-there-6')} is the work folder of another host; if that run is gone, remove it`,
    ]);
  });

  it('is refused with exit code 3 where it cannot be made', () => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    expect(() => makeWorkFolder(file, () => undefined, processes)).toThrow(
      expect.objectContaining({ exitCode: 3, problems: [expect.objectContaining({ file })] }),
    );
  });
});
