import { describe, expect, it } from 'vitest';
import type { ListedRun } from './list-runs.ts';
import { type Keep, retain } from './retention.ts';

let published = 0;
const run = (runDate: string, more: Partial<ListedRun> = {}): ListedRun => ({
  runId: `${runDate}-${++published}`,
  runDate,
  agreement: 'demo-001',
  recipient: null,
  publishedAt: published,
  bytes: 1,
  isLatest: false,
  hasLinkMap: false,
  ...more,
});
/** Run dates of the runs that are kept, each with its reasons. */
const kept = (runs: readonly ListedRun[], keep: Partial<Keep>) =>
  retain(runs, { daily: 0, monthly: 0, withLinkMaps: false, ...keep })
    .filter(({ keptFor }) => keptFor.length > 0)
    .map(({ run: { runDate }, keptFor }) => `${runDate}: ${keptFor.join(', ')}`);

describe('the runs that are kept', () => {
  it('are the last run of each of the last days that have a run, with any gaps between', () => {
    const runs = [run('2026-01-01'), run('2026-01-02'), run('2026-03-01'), run('2026-03-01')];
    expect(kept(runs, { daily: 2 })).toEqual(['2026-01-02: daily', '2026-03-01: daily']);
    expect(retain(runs, { daily: 2, monthly: 0, withLinkMaps: false })[2]!.keptFor).toEqual([]);
    expect(kept(runs, { daily: 9 })).toHaveLength(3);
  });

  it('are also the last run of each of the last months', () => {
    const runs = ['2025-11-30', '2026-01-01', '2026-01-31', '2026-02-01', '2026-02-02'].map((date) =>
      run(date),
    );
    expect(kept(runs, { monthly: 2 })).toEqual(['2026-01-31: monthly', '2026-02-02: monthly']);
    expect(kept(runs, { daily: 1, monthly: 3 })).toEqual([
      '2025-11-30: monthly',
      '2026-01-31: monthly',
      '2026-02-02: daily, monthly',
    ]);
  });

  it('always include the latest run, and those with a kept link map unless link maps may be deleted', () => {
    const runs = [
      run('2025-01-01', { hasLinkMap: true }),
      run('2025-01-02', { isLatest: true }),
      run('2026-01-01'),
      run('2026-01-02', { hasLinkMap: true }),
    ];
    expect(kept(runs, { daily: 1 })).toEqual([
      '2025-01-01: link map',
      '2025-01-02: latest',
      '2026-01-02: link map, daily',
    ]);
    expect(kept(runs, { daily: 1, withLinkMaps: true })).toEqual(['2025-01-02: latest', '2026-01-02: daily']);
  });
});
