import { Worker } from 'node:worker_threads';

/** How often a mark's modification time is moved on. */
export const BEAT_MS = 5000;

/**
 * Runs in a thread of its own: this process's main thread may be inside a hash or a write for longer than other processes
 * would wait. It opens the files itself, for a descriptor that the main thread closed might be another file's by then, and
 * keeps them open, so that a mark that has been taken over is not touched. A beat that cannot be made is one that is not
 * seen: whoever takes the lock over for it is noticed before anything is published.
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

/** The marks that this process keeps alive with what they hold, and the thread that does it, which is kept for the next mark. */
const beating = new Map<string, string>();
let thread: Worker | null = null;

/** Keeps a mark alive. @param text what the mark holds: a file that holds anything else is somebody else's */
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

/** Lets a mark be. */
export function stopBeating(path: string): void {
  if (!beating.delete(path)) return;
  thread?.postMessage({ path, text: null });
}
