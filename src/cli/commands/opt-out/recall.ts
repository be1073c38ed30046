import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { dateOfDay } from '../../../domain/day-number.ts';
import { EXIT, usage } from '../../../domain/problem.ts';
import type { Recall, RecallQuestion } from '../../../governance/recall/recall.ts';
import { type KeyRing, openKeyFile } from '../../../keys/key-ring.ts';
import type { Pipeline } from '../../../pipeline/pipeline.ts';
import { recallReport } from '../../../report/recall-report.ts';
import { FailedCheck } from '../../exit.ts';
import { loadPipeline } from '../../options/load-pipeline.ts';
import { collect, newCommand, parseDate, today } from '../../options/shared-options.ts';
import type { Terminal } from '../../terminal/terminal.ts';

const DAY_MS = 86_400_000;

/** `tallystick opt-out recall`: which past releases hold a person who has opted out since. */
export function recallCommand(terminal: Terminal) {
  return newCommand('recall', terminal)
    .description(
      'list which past releases hold a person who has opted out since, as pseudonyms of each release; needs the release key only',
    )
    .argument('<file>', 'pipeline file')
    .addOption(
      new Option(
        '--runs <dir>',
        'folder of a pipeline’s runs, such as out/nightly; may be given more than once',
      )
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--since <date>', 'YYYY-MM-DD: only opt-outs in force since that day or later').argParser(
        parseDate,
      ),
    )
    .addOption(
      new Option('--releases-from <date>', 'YYYY-MM-DD: only releases of that run date or later').argParser(
        parseDate,
      ),
    )
    .addOption(
      new Option('--on <date>', 'YYYY-MM-DD: opt-outs in force on that day')
        .argParser(parseDate)
        .default(today(), 'today, UTC'),
    )
    .option('--notice <dir>', 'also write a notice for the recipient of each release, in this folder')
    .addOption(
      new Option('--within <days>', 'how long recipients have to delete the rows, such as 14d')
        .argParser(parseDays)
        .default(14, '14d'),
    )
    .action(async (file, { runs, since = null, releasesFrom = null, on, notice, within }) => {
      const pipeline = loadPipeline(file, on, 'linkage');
      const { keptRegister } = pipeline.optOuts;
      if (keptRegister === null) {
        throw usage({
          file,
          message: 'the pipeline file names no opt-out register that is kept',
          wayOut: 'name one: optOuts.register: { events: FILE }; a recall goes by it',
        });
      }
      const { readRegister } = await import('../../../governance/register/read-register.ts');
      const { OptOutHistories } = await import('../../../governance/recall/opt-out-histories.ts');
      const { recall } = await import('../../../governance/recall/recall.ts');
      const { runProblems } = await import('../../verify/run-problems.ts');
      const register = readRegister(keptRegister.file, null, keptRegister.shownAs);
      for (const warning of register.warnings) terminal.warn(warning);
      const histories = new OptOutHistories(register);
      const releaseKey = openKeyFile(pipeline.keys.release, 'release');
      let found: Recall;
      try {
        const ofRuns = await recall({
          histories,
          linkageKeyId: register.keyId,
          releaseKey,
          folders: runs,
          today: on,
          since,
          releasedFrom: releasesFrom,
          ...meaningsOf(pipeline, file),
          verify: runProblems,
        });
        found = await withMissing(ofRuns, runs, releaseKey, releasesFrom);
      } finally {
        releaseKey.close();
      }
      if (pipeline.link.supersededNumbers !== null) {
        terminal.warn(
          'a person whose NHS number was replaced after a release is in that release under the earlier number, and is found by opt-outs under that number only: link.supersededNumbers needs the linkage key, which a recall does not have',
        );
      }
      const notices =
        notice === undefined ? [] : await writeNoticesOf(found, resolve(notice), within, histories);
      const value = { register: keptRegister.shownAs, head: register.head, ...found, notices };
      const text = [
        recallReport(found),
        ...(notices.length === 0 ? [] : ['', 'notices:', ...notices.map((path) => `  ${path}`)]),
      ].join('\n');
      if (found.unchecked.length > 0) {
        const problems = found.unchecked.flatMap((one) => one.problems);
        throw new FailedCheck(EXIT.refused, problems, { value, text });
      }
      terminal.result(value, () => text);
    });
}

/** What types of opt-outs and sources mean, by the pipeline file; and what was switched off for a release, by its manifest. */
function meaningsOf(
  { optOuts, sources }: Pipeline,
  file: string,
): Pick<RecallQuestion, 'scopeOf' | 'isGpSource' | 'exemptFrom'> {
  return {
    scopeOf: (type) => {
      const reason = optOuts.reasons.find((one) => one.name === type);
      if (reason?.stated === 'by-number' && reason.scope !== 'source-records') return reason.scope;
      throw usage({
        file,
        message: `the register has opt-outs of the type ${type}, which the pipeline file does not declare`,
        wayOut: 'declare it: optOuts.types: it is not known which rows it takes',
      });
    },
    isGpSource: (source) => {
      const declared = sources.find(({ name }) => name === source);
      return declared === undefined ? null : declared.setting === 'gp';
    },
    exemptFrom: ({ manifest }) => new Set(manifest.optOuts?.exempt.map(({ type }) => type)),
  };
}

/** Releases that are known to have been made, and whose runs are not kept, are not checked either. */
async function withMissing(
  found: Recall,
  folders: readonly string[],
  releaseKey: KeyRing,
  from: string | null,
): Promise<Recall> {
  const { nightsNotKept } = await import('../../../baseline/nights-not-kept.ts');
  const missing = [];
  for (const folder of folders) {
    for (const { runId, problem } of await nightsNotKept(folder, releaseKey, from)) {
      missing.push({
        directory: runId === null ? resolve(folder) : join(resolve(folder), runId),
        runId,
        problems: [problem],
      });
    }
  }
  return { ...found, unchecked: [...found.unchecked, ...missing] };
}

async function writeNoticesOf(
  { today: day, releases }: Recall,
  folder: string,
  within: number,
  histories: Parameters<typeof import('../../../governance/recall/write-notices.ts').writeNotices>[2],
): Promise<string[]> {
  const { noticeOf } = await import('../../../governance/recall/notice.ts');
  const { writeNotices } = await import('../../../governance/recall/write-notices.ts');
  const until = dateOfDay(Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS) + within);
  const notices = releases.flatMap((release) => noticeOf(release, { today: day, until }) ?? []);
  return await writeNotices(folder, notices, histories);
}

/** @throws InvalidArgumentError for anything but a number of days such as 14d */
function parseDays(text: string): number {
  if (!/^[1-9]\d{0,3}d$/.test(text))
    throw new InvalidArgumentError('It must be a number of days such as 14d.');
  return Number(text.slice(0, -1));
}
