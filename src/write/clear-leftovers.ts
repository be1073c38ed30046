import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { entryAt } from './entry-at.ts';
import { judgeOwner, parseOwner, readMark, type WatchOptions, watchForBeat } from './owner-mark.ts';
import type { ProcessProbe } from './process-probe.ts';
import { OWNER_FILE, parseLeftover } from './run-place.ts';

/**
 * Tidies `OUT/<name>` after runs that died. Call it with the lock held and before this run has written anything, so that files
 * with this process's own name belong to an earlier run.
 *
 * A run that was being replaced is put back if the new one was not moved in; everything else is removed. The lock says that no
 * other run is active; but locks can be removed by hand, so a partial run with a live owner is left alone.
 *
 * @returns owners that are alive although the lock was free
 */
export async function clearLeftovers(
  home: string,
  processes: ProcessProbe,
  notice: (message: string) => void,
  options: WatchOptions = {},
): Promise<ReadonlySet<string>> {
  const entries = (await readdir(home)).sort().flatMap((entry) => {
    const leftover = parseLeftover(entry);
    return leftover === null ? [] : [{ ...leftover, path: join(home, entry) }];
  });
  const isAlive = await Promise.all(
    entries.map(({ path, owner }) => hasLiveOwner(join(path, OWNER_FILE), owner, processes, options)),
  );
  const alive = new Set(entries.filter((_, index) => isAlive[index]).map(({ owner }) => owner));
  for (const { path, runId, what, owner } of entries) {
    if (alive.has(owner)) {
      if (what === 'partial') notice(`left ${path} unchanged: its owner is alive`);
      continue;
    }
    const published = join(home, runId);
    if (what === 'replaced' && (await entryAt(published)) === null) {
      await rename(path, published);
      notice(`put back run ${runId}, which a process was replacing when it died`);
      continue;
    }
    await rm(path, { recursive: true, force: true });
    if (what === 'partial') notice(`removed what had been written of run ${runId} by a process that died`);
    if (what === 'pruned')
      notice(`removed the rest of run ${runId}, which was being deleted by a process that died`);
  }
  return alive;
}

async function hasLiveOwner(
  mark: string,
  owner: string,
  processes: ProcessProbe,
  options: WatchOptions,
): Promise<boolean> {
  if (owner === processes.owner) return false;
  const found = await readMark(mark);
  if (found === null) return false; // it had not begun, or was already moved in: the lock is ours
  const state = judgeOwner(parseOwner(found.text), processes);
  return state === 'unknown' ? (await watchForBeat(mark, options)) === 'beat' : state === 'alive';
}
