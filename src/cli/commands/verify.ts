import { EXIT } from '../../domain/problem.ts';
import { readManifest, runFolders } from '../../write/read-run.ts';
import { FailedCheck } from '../exit.ts';
import { newCommand } from '../options/shared-options.ts';
import type { Paint } from '../terminal/paint.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Check } from '../verify/check.ts';

/** `tallystick verify`: checks that a published run is unchanged. Needs no key. */
export function verifyCommand(terminal: Terminal) {
  return newCommand('verify', terminal)
    .description('check a published run against its manifest: files, digests, schemas, receipts, rows, order')
    .argument('<dir>', 'folder of a published run, or its folder release alone')
    .action(async (directory) => {
      const folders = runFolders(directory);
      const manifest = readManifest(folders.release);
      const { checkRun } = await import('../verify/check-run.ts');
      const checks = await checkRun(directory, folders, manifest);
      const problems = checks.flatMap((one) => one.problems);
      const value = {
        directory,
        run: manifest.run,
        looked: folders.operator === null ? 'release' : 'release and operator',
        passed: problems.length === 0,
        checks: checks.map((one) => ({ ...one, passed: one.problems.length === 0 })),
      };
      const { quiet } = terminal.manners;
      const text = describe(checks, quiet, terminal.paint);
      if (problems.length > 0) throw new FailedCheck(EXIT.refused, problems, { value, text });
      terminal.result(value, () => text);
    });
}

function describe(checks: readonly Check[], quiet: boolean, paint: Paint): string {
  return checks
    .filter(({ problems }) => !quiet || problems.length > 0)
    .map(({ check, problems }) => {
      const verdict = problems.length === 0 ? paint('green', 'ok    ') : paint('red', 'failed');
      return `${verdict}  ${check}`;
    })
    .join('\n');
}
