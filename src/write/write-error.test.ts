import { describe, expect, it } from 'vitest';
import { asWriteError, WriteError } from './write-error.ts';

describe('a write error', () => {
  it.each([
    ['ENOSPC', 'no-space', '/out/a.arrow: no space is left on the disk'],
    ['EACCES', 'permission', '/out/a.arrow: permission denied'],
    ['EROFS', 'permission', '/out/a.arrow: the file system is read-only'],
    ['EIO', 'failed', '/out/a.arrow: failed (EIO)'],
  ])('explains %s in words', (code, reason, message) => {
    const error = asWriteError('/out/a.arrow', Object.assign(new Error(`${code}: write`), { code }));
    expect(error).toMatchObject({ name: 'WriteError', reason, message, path: '/out/a.arrow' });
  });

  it('passes through unchanged', () => {
    const error = new WriteError('locked', '/out', 'taken');
    expect(asWriteError('/elsewhere', error)).toBe(error);
  });
});
