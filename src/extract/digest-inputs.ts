import { Worker } from 'node:worker_threads';

/** Runs in a thread of its own, so that digesting does not wait for the hashing thread, nor it for digesting. */
const DIGEST_THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { openSync, readSync, closeSync } = require('node:fs');
const buffer = Buffer.allocUnsafe(4 << 20);
const digests = workerData.map((path) => {
  const hash = createHash('sha256');
  const descriptor = openSync(path, 'r');
  for (let read; (read = readSync(descriptor, buffer)) > 0; ) hash.update(buffer.subarray(0, read));
  closeSync(descriptor);
  return hash.digest('hex');
});
parentPort.postMessage(digests);
`;

/** SHA-256 of whole files as they lie on disk, in the order given, as 64 hexadecimal digits each. */
export function digestInputs(paths: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(DIGEST_THREAD, { eval: true, workerData: paths });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code !== 0) reject(new Error('the digest thread stopped'));
    });
  });
}
