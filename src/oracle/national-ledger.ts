import { existsSync, readFileSync } from 'node:fs';
import { type NationalAnswer, nationalVerdict } from '../domain/national-verdict.ts';
import { refused } from '../domain/problem.ts';
import { isNationalLedger, type Pipeline } from '../pipeline/pipeline.ts';
import { type MasterKeys, token } from './recipes.ts';

/** A change of the ledger: its header, and the tokens below it. */
interface Change {
  readonly header: {
    readonly change: number;
    readonly at: string;
    readonly record: string;
    readonly request?: number;
  };
  readonly tokens: readonly string[];
}

/**
 * The only NHS numbers that may be used, by the ledger: those of which `nationalVerdict` says so, and which replace no number
 * that opted out; null where no ledger is declared. Whether the ledger is undamaged is not asked here.
 *
 * @throws TallystickError (exit 1) for a ledger of which no answer counts, or by which nobody may be used
 */
export function readLedger(
  { optOuts }: Pipeline,
  runDate: string,
  superseded: ReadonlyMap<string, string>,
  keys: MasterKeys,
): Pick<ReadonlySet<string>, 'has'> | null {
  const { national } = optOuts;
  if (!isNationalLedger(national)) return null;
  const changes = existsSync(national.ledger) ? changesOf(readFileSync(national.ledger, 'latin1')) : [];
  const histories = new Map<string, NationalAnswer[]>();
  for (const answer of changes.filter(({ header }) => header.record === 'answer')) {
    const request = changes.find(({ header }) => header.change === answer.header.request)!;
    const leftOut = new Set(answer.tokens);
    for (const one of request.tokens) {
      const { change: asked, at } = request.header;
      const event = {
        asked,
        askedOn: at.slice(0, 10),
        answered: answer.header.change,
        allows: !leftOut.has(one),
      };
      histories.set(one, [...(histories.get(one) ?? []), event]);
    }
  }
  const verdictOf = (tokenHex: string) =>
    nationalVerdict(histories.get(tokenHex) ?? [], runDate, national.maxAgeDays);
  const verdicts = [...histories.keys()].map(verdictOf);
  if (verdicts.every((one) => one === 'unanswered')) {
    throw refused({ file: national.shownAs, message: 'no answer counts' });
  }
  if (!verdicts.includes('allowed') && !national.allowEmpty) {
    throw refused({ file: national.shownAs, message: 'nobody is allowed' });
  }
  const numberVerdict = (number: string) =>
    verdictOf(token({ kind: 'nhs-number', text: number }, keys).toString('hex'));
  const replaced = new Map<string, string[]>();
  for (const [old, current] of superseded) replaced.set(current, [...(replaced.get(current) ?? []), old]);
  return {
    has: (number) =>
      numberVerdict(number) === 'allowed' &&
      !(replaced.get(number) ?? []).some((old) => numberVerdict(old) === 'opted-out'),
  };
}

/** A first line; then for each change its header, its tokens, and a line with its digest and its seal. */
function changesOf(text: string): Change[] {
  const changes: Change[] = [];
  let tokens: string[] = [];
  let header: Change['header'] | null = null;
  for (const line of text.split('\n').slice(1)) {
    if (line.startsWith('{')) [header, tokens] = [JSON.parse(line), []];
    else if (line.startsWith('=')) changes.push({ header: header!, tokens });
    else tokens.push(line);
  }
  return changes;
}
