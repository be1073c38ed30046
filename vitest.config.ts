import { defineConfig } from 'vitest/config';

/** Folders whose tests leave nothing behind in their modules: a worker loads and compiles these once, not once a file. */
const SHARED = 'src/{baseline,domain,keys,pipeline,report}/**/*.test.ts';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // one worker fewer than cores is the default, which is one on two cores; most tests wait for the engine or for a process
    maxWorkers: '100%',
    // V8 collects garbage for every 64 MiB of arrays, a few times in each small run: in one thread this takes a third to a half less
    // processor time, if the young generation (MiB) is large from the start
    execArgv: ['--single-threaded-gc', '--min-semi-space-size=16'],
    projects: [
      { extends: true, test: { name: 'shared', include: [SHARED], isolate: false } },
      { extends: true, test: { name: 'own', include: ['{src,bench}/**/*.test.ts'], exclude: [SHARED] } },
    ],
  },
});
