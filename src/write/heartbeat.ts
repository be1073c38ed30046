import { Worker } from 'node:worker_threads';

/** The interval at which the modification time of a mark is updated. */
export const BEAT_MS = 5000;

/**
 * Runs in a separate thread, because the main thread of this process may hash or write for longer than other processes would wait.
 * It opens the files itself, because a descriptor that the main thread has closed may already belong to another file, and keeps
 * them open, so that a mark that another process has taken over is not touched. A failed beat counts as a missing one: the lock may
 * be taken over, which this run notices before it publishes anything.
 */
const HEARTBEAT_THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { closeSync, futimesSync, openSync, readFileSync } = require('node:fs');
const files = new Map();
parentPort.on('message', ({ path, text }) => {
  try {
    if (files.has(path)) closeSync(files.get(path));
    files.delete(path);
    if (text === null) return;
    const file = openSync(path, 'r+');
    if (readFileSync(file, 'utf8') === text) files.set(path, file);
    else closeSync(file);
  } catch {}
});
setInterval(() => {
  const now = new Date();
  for (const file of files.values()) try { futimesSync(file, now, now); } catch {}
}, workerData);
`;

/** The marks that this process keeps alive, each with its content, and the thread that does it, which is reused for the next mark. */
const beating = new Map<string, string>();
let thread: Worker | null = null;

/** Keeps a mark alive. @param text content of the mark: a file with other content belongs to another process */
export function startBeating(path: string, text: string): void {
  beating.set(path, text);
  if (thread !== null) {
    thread.postMessage({ path, text });
    return;
  }
  const started = new Worker(HEARTBEAT_THREAD, { eval: true, workerData: BEAT_MS });
  started.unref();
  started.on('error', () => {
    if (thread === started) thread = null; // the next mark starts another
  });
  for (const [each, its] of beating) started.postMessage({ path: each, text: its });
  thread = started;
}

/** Stops updating a mark. */
export function stopBeating(path: string): void {
  if (!beating.delete(path)) return;
  thread?.postMessage({ path, text: null });
}
