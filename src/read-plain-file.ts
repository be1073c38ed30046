import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { type Problem, refused, type TallystickError } from './domain/problem.ts';

/**
 * Reads a whole small file: a list, a pipeline file, a description. Whatever is no plain file is refused before it is
 * opened, and opened without waiting, for it may have changed in between: a named pipe that nobody writes to would hold the
 * run up for ever, and no signal would end it.
 *
 * @param shownAs what it is called in messages
 * @param makeError the class of the error, and so the exit code
 * @throws TallystickError where it is no plain file; whatever Node throws where it is missing or cannot be read
 */
export function readPlainFile(
  path: string,
  shownAs = path,
  makeError: (problem: Problem) => TallystickError = refused,
): Buffer {
  const descriptor = openPlainFile(path, shownAs, makeError);
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The same as text in UTF-8, without a byte order mark. */
export function readPlainText(
  path: string,
  shownAs = path,
  makeError: (problem: Problem) => TallystickError = refused,
): string {
  return readPlainFile(path, shownAs, makeError)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}

/** Opens a plain file for reading, and nothing else. The caller closes the descriptor. */
export function openPlainFile(
  path: string,
  shownAs: string,
  makeError: (problem: Problem) => TallystickError,
): number {
  assertPlain(statSync(path), shownAs, makeError);
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    assertPlain(fstatSync(descriptor), shownAs, makeError);
    return descriptor;
  } catch (fault) {
    closeSync(descriptor);
    throw fault;
  }
}

/**
 * @param what what the file is for, such as `the opt-out register`; the message begins with it
 * @throws TallystickError for a folder, named pipe, device or socket
 */
export function assertPlain(
  stat: Stats,
  shownAs: string,
  makeError: (problem: Problem) => TallystickError = refused,
  what: string | null = null,
): void {
  if (stat.isFile()) return;
  throw makeError({
    file: shownAs,
    message: `${what === null ? '' : `${what} `}is ${kindOf(stat)}, and not a plain file`,
    wayOut: 'give the path of a file: what is read must still be there when it is read again',
  });
}

function kindOf(stat: Stats): string {
  if (stat.isDirectory()) return 'a folder';
  if (stat.isFIFO()) return 'a named pipe (FIFO)';
  if (stat.isSocket()) return 'a socket';
  return 'a device';
}
