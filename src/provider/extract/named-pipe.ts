import { execFileSync } from 'node:child_process';
import { closeSync, constants, createWriteStream, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { environment } from '../../domain/problem.ts';

/** A file's text on its way to the engine through memory: a named pipe holds no data at rest. */
export interface TextPipe {
  readonly path: string;
  /** settles when all has been written, or fails with the reader's or the source's fault */
  readonly written: Promise<void>;
  /** ends the pipe, whatever state it is in, and removes its name */
  close(): void;
}

/**
 * Offers pieces of text under a path that the engine can read once, from start to end.
 *
 * @throws TallystickError (exit 3) where named pipes cannot be made
 */
export function openTextPipe(pieces: AsyncIterable<Buffer>, directory: string): TextPipe {
  const path = join(directory, `text-${process.pid}-${Math.trunc(performance.now() * 1000)}.pipe`);
  try {
    execFileSync('mkfifo', ['-m', '600', path], { stdio: 'ignore' });
  } catch {
    throw environment({
      message: 'a named pipe could not be made in the work folder',
      wayOut:
        'windows-1252, utf-16 and some gzip files are read through one: use a local file system, or deliver them as plain utf-8',
    });
  }
  const sink = createWriteStream(path, { mode: 0o600 });
  const written = pipeline(pieces, sink);
  written.catch(() => undefined); // it is awaited after the reader; a fault before that is not unhandled
  return {
    path,
    written,
    close: () => {
      // Opening a pipe for writing waits for a reader, in a thread that would keep the process from ending.
      const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      sink.destroy();
      closeSync(reader);
      rmSync(path, { force: true });
    },
  };
}
