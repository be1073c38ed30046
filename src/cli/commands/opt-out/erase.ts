import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { EXIT, usage } from '../../../domain/problem.ts';
import { openKeyFile } from '../../../keys/key-ring.ts';
import { personTokens } from '../../../provider/opt-outs/person-tokens.ts';
import { erasureReport } from '../../../report/erasure-report.ts';
import { FailedCheck } from '../../exit.ts';
import { loadPipeline } from '../../options/load-pipeline.ts';
import { supersededNumbersOf } from '../../options/open-register.ts';
import { collect, newCommand, today } from '../../options/shared-options.ts';
import { askNhsNumber } from '../../terminal/ask-nhs-number.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** `tallystick opt-out erase`: removes one person from stores, runs and link maps. */
export function eraseCommand(terminal: Terminal) {
  return newCommand('erase', terminal)
    .description(
      'erase one person from token stores, published runs and link maps, and prove it by reading them; the NHS number comes from stdin, or is asked for; needs both keys',
    )
    .argument('<file>', 'pipeline file')
    .addOption(
      new Option('--store <dir>', 'token store; may be given more than once')
        .argParser(collect)
        .default([] as readonly string[], 'none'),
    )
    .addOption(
      new Option(
        '--runs <dir>',
        'folder of a pipeline’s runs, such as out/nightly; may be given more than once',
      )
        .argParser(collect)
        .default([] as readonly string[], 'none'),
    )
    .option('--dry-run', 'change nothing, and show what would be changed')
    .action(async (file, { store: stores, runs, dryRun = false }) => {
      if (stores.length + runs.length === 0) {
        throw usage({
          message: 'nothing is named from which a person could be erased',
          wayOut: 'give --store DIR, --runs DIR or both, as often as there are any',
        });
      }
      const pipeline = loadPipeline(file, today());
      const { keptRegister, national } = pipeline.optOuts;
      const superseded = await supersededNumbersOf(pipeline);
      const number = await askNhsNumber(
        process.stdin,
        (text) => terminal.errorText(text),
        pipeline.synthetic,
      );
      const current = superseded.get(number) ?? number;
      const { erase } = await import('../../../erase/erase.ts');
      const { runProblems } = await import('../../verify/run-problems.ts');
      const notice = (message: string) => terminal.warn(message);
      const erasure = await erase({
        numbers: [current, ...[...superseded].flatMap(([from, to]) => (to === current ? [from] : []))],
        tokensOf: (linkageKey) => personTokens(number, superseded, linkageKey),
        openLinkageKey: () => openKeyFile(pipeline.keys.linkage, 'linkage'),
        openReleaseKey: () => openKeyFile(pipeline.keys.release, 'release'),
        stores: stores.map((path) => resolve(path)),
        runs: runs.map((path) => resolve(path)),
        kept: keptFiles(keptRegister?.file ?? null, national),
        on: today(),
        isDry: dryRun,
        verify: runProblems,
        lock: { notice },
        notice,
      });
      const text = erasureReport(erasure);
      const left = (erasure.proof?.found ?? []).map((path) => ({
        file: path,
        message: 'still holds something of the person',
        wayOut: 'erase once more when every run and store can be checked, or delete the file',
      }));
      const problems = [...erasure.unchecked.flatMap((one) => one.problems), ...left];
      if (problems.length > 0) throw new FailedCheck(EXIT.refused, problems, { value: erasure, text });
      terminal.result(erasure, () => text);
    });
}

/** Files that keep choices, and the files beside them. They may be in a folder that is searched, and stay as they are. */
function keptFiles(register: string | null, national: object | null): string[] {
  const { ledger = null } = (national ?? {}) as { readonly ledger?: string | null };
  return [register, ledger].flatMap((file) =>
    file === null ? [] : ['', '.head', '.index'].map((end) => `${resolve(file)}${end}`),
  );
}
