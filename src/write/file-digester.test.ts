/** A process that waits for a digester to close continues, even if the digester is still working. */
import { spawnSync } from 'node:child_process';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';

const MODULE = 'src/write/file-digester.ts';

/** The digester in plain JavaScript. */
const [BUILT] = buildSync({
  entryPoints: [MODULE],
  bundle: true,
  format: 'cjs',
  platform: 'node',
  write: false,
}).outputFiles;

/** Nothing else keeps this process alive. The answer to the second request is available when the thread ends. */
const SCRIPT = `
${BUILT?.text}
const file = ${JSON.stringify(MODULE)};
(async () => {
  const digester = new FileDigester();
  await digester.digest(file);
  digester.digest(file).catch(() => undefined);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  await digester.close();
  process.exitCode = 42;
})();
`;

test('closing a digester with an answer on its way does not end the process', () => {
  const { status, stderr } = spawnSync(process.execPath, ['-e', SCRIPT], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 42, stderr: '' });
});
