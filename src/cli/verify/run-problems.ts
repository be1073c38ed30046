import type { Problem } from '../../domain/problem.ts';
import type { PastRelease } from '../../governance/recall/past-releases.ts';
import { checkRun } from './check-run.ts';

/** Everything that is wrong with a run, as `tallystick verify` finds it. */
export async function runProblems({
  directory,
  folders,
  manifest,
}: PastRelease): Promise<readonly Problem[]> {
  return (await checkRun(directory, folders, manifest)).flatMap(({ problems }) => problems);
}
