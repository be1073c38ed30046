import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,bench}/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // one worker fewer than cores is the default, which is one on two cores; most tests wait for the engine or for a process
    maxWorkers: '100%',
  },
});
