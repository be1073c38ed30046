/** A process that waits for the end of a digester gets there, whatever the digester is still at. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const MODULE = pathToFileURL(resolve('dist/write/file-digester.js')).href;

/** Nothing else keeps this process alive. The answer to the second question is there when the thread is ended. */
const SCRIPT = `
const file = ${JSON.stringify(resolve('dist/write/file-digester.js'))};
(async () => {
  const { FileDigester } = await import(${JSON.stringify(MODULE)});
  const digester = new FileDigester();
  await digester.digest(file);
  digester.digest(file).catch(() => undefined);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  await digester.close();
  process.exitCode = 42;
})();
`;

test('a digester that is closed with an answer on its way does not end the process', () => {
  const { status, stderr } = spawnSync(process.execPath, ['-e', SCRIPT], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 42, stderr: '' });
});
