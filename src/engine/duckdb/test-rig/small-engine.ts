import { DuckDbEngine } from '../engine.ts';

/** An engine of one thread that keeps order and reads nothing outside these folders. */
export function openSmallEngine(...directories: readonly string[]): Promise<DuckDbEngine> {
  return DuckDbEngine.open({
    threads: 1,
    memory: '256MiB',
    spillDirectory: null,
    allowedDirectories: directories,
    allowedPaths: [],
    keepOrder: true,
  });
}
