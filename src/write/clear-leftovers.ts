import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessProbe } from './process-probe.ts';
import { parseLeftover } from './run-place.ts';

/**
 * Tidies `OUT/<name>` after runs that died. To be called with the lock held and before this run has written anything,
 * so that whatever bears this process's own pid is an earlier process's as well.
 *
 * A run that was being replaced goes back to its place if the new one never came; everything else is removed. What
 * belongs to a live process is left alone.
 */
export async function clearLeftovers(
  home: string,
  processes: ProcessProbe,
  notice: (message: string) => void,
): Promise<void> {
  for (const entry of (await readdir(home)).sort()) {
    const leftover = parseLeftover(entry);
    if (leftover === null) continue;
    const { runId, what, pid } = leftover;
    if (pid !== processes.pid && processes.isAlive(pid)) continue;
    const published = join(home, runId);
    if (what === 'replaced' && !(await exists(published))) {
      await rename(join(home, entry), published);
      notice(`put back run ${runId}, which process ${pid} was replacing when it died`);
      continue;
    }
    await rm(join(home, entry), { recursive: true, force: true });
    if (what === 'partial') notice(`removed what process ${pid} had written of run ${runId} when it died`);
  }
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
