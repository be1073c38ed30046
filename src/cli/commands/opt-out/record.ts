import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { judgeOptOutDate, type OptOutKind } from '../../../domain/opt-out.ts';
import { answerRequest, type OptOutAnswer } from '../../../domain/opt-out-change.ts';
import { bug, refused } from '../../../domain/problem.ts';
import { type Recorded, recordForPerson } from '../../../governance/register/record-events.ts';
import { personTokens } from '../../../provider/opt-outs/person-tokens.ts';
import { checkType, supersededNumbersOf, withRegister } from '../../options/open-register.ts';
import { documentOf, recorder } from '../../options/recording-options.ts';
import { parseDate, today } from '../../options/shared-options.ts';
import { askNhsNumber } from '../../terminal/ask-nhs-number.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** What `register` and `withdraw` are given. */
export interface RecordOptions {
  readonly type: string;
  readonly from?: string | undefined;
  readonly by?: string | undefined;
  readonly document?: string | undefined;
  /** record a withdrawal though there is nothing to withdraw */
  readonly anyway: boolean;
}

export function typeOption() {
  return new Option('--type <type>', 'type-1, type-2, national, or a type that the pipeline file declares');
}

export function fromOption() {
  return new Option(
    '--from <date>',
    'YYYY-MM-DD: the day from which it counts, from 2000 to a year ahead (default: today, UTC)',
  ).argParser((text) => {
    const status = judgeOptOutDate(parseDate(text), today());
    if (status === 'past' || status === 'coming') return text;
    throw new InvalidArgumentError('It must be a day from 2000 to a year ahead.');
  });
}

export function byOption() {
  return new Option('--by <name>', 'who records it (default: the name of the user who runs this)');
}

export function documentOption() {
  return new Option('--document <text>', 'from which document, such as "form of 3 March"; no patient’s name');
}

/** Records an event of one person, whose NHS number is asked for. */
export async function recordOptOut(
  terminal: Terminal,
  file: string,
  kind: OptOutKind,
  options: RecordOptions,
): Promise<void> {
  const recording = {
    command: kind === 'registered' ? 'register' : 'withdraw',
    by: recorder(options.by),
    document: documentOf(options.document),
  };
  await withRegister(terminal, file, async ({ pipeline, place, now, notice }) => {
    const type = checkType(pipeline, file, options.type);
    const superseded = await supersededNumbersOf(pipeline);
    const number = await askNhsNumber(process.stdin, (text) => terminal.errorText(text), pipeline.synthetic);
    const request = { type, kind, from: options.from ?? null, today: today() };
    const tokens = personTokens(number, superseded, place.key);
    let answer: OptOutAnswer | null = null;
    const recorded = await recordForPerson(place, { ...recording, now, notice }, tokens, (events) => {
      answer = answerRequest(events, request);
      if (answer.outcome === 'nothing-to-withdraw' && !options.anyway) {
        throw refused({
          file: place.shownAs,
          message: `no opt-out of ${type} is in force for this person: nothing was recorded`,
          wayOut: 'check the number and the type; to record the withdrawal all the same: --record-anyway',
        });
      }
      return answer.outcome === 'already' ? [] : [answer.event];
    });
    if (answer === null) throw bug('a register was changed without a decision');
    show(terminal, place.shownAs, answer, recorded);
  });
}

function show(
  terminal: Terminal,
  shownAs: string,
  { event, state }: OptOutAnswer,
  { head, added }: Recorded,
): void {
  const { type, kind, date } = event;
  const isRecorded = added > 0;
  const value = {
    recorded: isRecorded,
    type,
    event: kind,
    from: date,
    inForce: state.inForce,
    since: state.since,
    register: shownAs,
    changes: head.changes,
    digest: head.digest,
  };
  terminal.result(value, () => {
    if (terminal.manners.quiet) return '';
    const since = state.since === null ? '' : ` since ${state.since}`;
    const now = state.inForce ? `in force${since}` : `not in force${since}`;
    if (!isRecorded) return `${type}: recorded already, and ${now}: nothing was recorded`;
    const what = `${type} opt-out ${kind} from ${date}: change ${head.changes} of ${shownAs}`;
    return kind === 'withdrawn' && state.inForce ? `${what}\n${STAYS}` : what;
  });
}

const STAYS =
  'The opt-out stays in force: it was registered on the same day or later, or on a day that is not known';
