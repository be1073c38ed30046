import { isMessageId } from '../../../domain/national-request.ts';
import { usage } from '../../../domain/problem.ts';
import { judgeAnswers } from '../../../governance/national/judge-answers.ts';
import { type Ledger, readLedger } from '../../../governance/national/ledger.ts';
import { tokenCount } from '../../../governance/national/token-list.ts';
import { formatCount } from '../../../report/format.ts';
import { withLedger } from '../../options/open-ledger.ts';
import { newCommand, runDateOption } from '../../options/shared-options.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** `tallystick opt-out requests`: every request with what became of it, and what the answers say today. */
export function requestsCommand(terminal: Terminal) {
  return newCommand('requests', terminal)
    .description(
      'list the requests to the national data opt-out service: open, answered, undelivered, refused or abandoned',
    )
    .argument('<file>', 'pipeline file')
    .option(
      '--abandon <local-id>',
      'record that an open request gets no answer, so that no reply is taken for it',
    )
    .addOption(runDateOption())
    .action(async (file, { abandon, runDate }) => {
      if (abandon !== undefined && !isMessageId(abandon)) {
        const wayOut = 'name a request as `tallystick opt-out requests` lists it';
        throw usage({ message: 'what --abandon names is no LocalId', wayOut });
      }
      const listed = await withLedger(terminal, file, runDate, async (work) => {
        const { national, linkageKey, notice } = work;
        if (abandon !== undefined) {
          const { abandonRequest } = await import('../../../provider/national/abandon-request.ts');
          await abandonRequest(abandon, work);
        }
        const ledger = readLedger(national.ledger, national.shownAs, linkageKey);
        for (const warning of ledger.warnings) notice(warning);
        return { ledger, summary: summarise(ledger, runDate, national.maxAgeDays) };
      });
      terminal.result(listed.summary, () => describe(listed.summary));
    });
}

function summarise(ledger: Ledger, runDate: string, maxAgeDays: number) {
  const { allowed, optedOut, answers, asOf } = judgeAnswers(ledger, runDate, maxAgeDays);
  return {
    runDate,
    maxAgeDays,
    answersThatCount: answers,
    asOf,
    allowed: tokenCount(allowed),
    optedOut: tokenCount(optedOut),
    requests: ledger.requests.map(({ localId, at, asked, state, ended, leftOut }) => ({
      localId,
      at,
      asked,
      state,
      endedAt: ended?.at ?? null,
      allowed: leftOut === null ? null : asked - leftOut,
      optedOut: leftOut,
    })),
  };
}

function describe({ requests, runDate, maxAgeDays, ...now }: ReturnType<typeof summarise>): string {
  const lines = requests.map(({ localId, at, asked, state, endedAt, allowed, optedOut }) =>
    [
      `${localId}  ${at}  ${formatCount(asked)} asked`,
      endedAt === null ? state : `${state} ${endedAt}`,
      ...(allowed === null
        ? []
        : [`${formatCount(allowed)} may be used, ${formatCount(optedOut ?? 0)} may not`]),
    ].join('  '),
  );
  const counting =
    now.asOf === null
      ? `on ${runDate}, no answer counts: a run would release nobody`
      : `on ${runDate}, ${formatCount(now.allowed)} NHS numbers may be used and ${formatCount(now.optedOut)} may not, by answers to requests of the last ${maxAgeDays} days (latest ${now.asOf})`;
  return [...(lines.length === 0 ? ['no requests'] : lines), counting].join('\n');
}
