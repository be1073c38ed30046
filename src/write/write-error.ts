/** Why nothing could be written. The command line turns these into exit codes and advice. */
export type WriteReason =
  | 'no-space'
  | 'open-files'
  | 'permission'
  | 'not-found'
  | 'already-there'
  | 'locked'
  | 'bad-name'
  | 'bad-data'
  | 'not-arrow'
  | 'failed';

/**
 * Something could not be written, read back or published. The message names a path (and for data a column), and
 * never a cell's value.
 */
export class WriteError extends Error {
  readonly reason: WriteReason;
  readonly path: string;

  constructor(reason: WriteReason, path: string, message: string, cause?: unknown) {
    super(`${path}: ${message}`, cause === undefined ? undefined : { cause });
    this.name = 'WriteError';
    this.reason = reason;
    this.path = path;
  }
}

const SYSTEM_REASONS: Readonly<Record<string, readonly [WriteReason, string]>> = {
  ENOSPC: ['no-space', 'no space is left on the disk'],
  EDQUOT: ['no-space', 'the disk quota is used up'],
  EFBIG: ['no-space', 'the file is larger than the file system allows'],
  EACCES: ['permission', 'permission denied'],
  EPERM: ['permission', 'operation not permitted'],
  EROFS: ['permission', 'the file system is read-only'],
  EMFILE: ['open-files', 'too many files are open in this process'],
  ENFILE: ['open-files', 'too many files are open on this machine'],
  ELOOP: ['not-found', 'its symbolic links lead in a circle'],
  ENAMETOOLONG: ['not-found', 'the name is longer than the file system allows'],
  EISDIR: ['not-found', 'is a folder'],
  ENOENT: ['not-found', 'no such file or directory'],
  ENOTDIR: ['not-found', 'part of the path is not a directory'],
  EEXIST: ['already-there', 'it is there already'],
};

/** Explains an operating system error for `path`; a `WriteError` passes through unchanged. */
export function asWriteError(path: string, error: unknown): WriteError {
  if (error instanceof WriteError) return error;
  const code = systemErrorCode(error);
  const [reason, text] = SYSTEM_REASONS[code ?? ''] ?? ['failed', code ? `failed (${code})` : 'failed'];
  return new WriteError(reason, path, text, error);
}

/** A bare error of the operating system, such as a full disk: a write through a descriptor names no path. Null for anything else. */
export function systemFailure(error: unknown): WriteError | null {
  if (systemErrorCode(error) === undefined || !(error instanceof Error) || !('syscall' in error)) return null;
  return asWriteError('path' in error && typeof error.path === 'string' ? error.path : 'a file', error);
}

/** The code of a system error (`ENOENT`), or undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
