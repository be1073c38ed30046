import { readFileSync } from 'node:fs';
import type { ReasonName } from '../domain/held-reason.ts';
import { refused } from '../domain/problem.ts';
import type { TokenText } from './token-text.ts';

/** Written instead of a source's name, and not possible as one: NHS number tokens belong to every source. */
export const ANY_SOURCE = '*';

const HEADER = 'kind,source,a,b';
/** The names that a reason may have, or `allowed`. Whether a pipeline has the reason is for the linker to ask: one that it has not holds the person. */
const KIND = /^[a-z][a-z0-9-]{0,39}$/;

/** One line of the opt-out list: a token, and the name of the patient's source. */
export interface OptOutToken {
  /** why the person is held; or that the number may be used */
  readonly kind: ReasonName | 'allowed';
  readonly source: string;
  readonly token: TokenText;
}

/** Opt-outs by kind, and by whether a number or a patient key is meant; those whom a national reply allows are none. */
export function countOptOuts(tokens: Iterable<Pick<OptOutToken, 'kind' | 'source'>>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, source } of tokens) {
    if (kind === 'allowed') continue;
    const key = `${kind}/${source === ANY_SOURCE ? 'number' : 'patient'}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** The text of the list: sorted, so that the same opt-outs give the same bytes. */
export function optOutCsv(tokens: readonly OptOutToken[]): string {
  const lines = tokens.map(({ kind, source, token }) => `${kind},${source},${token}`).sort();
  return `${[HEADER, ...lines].join('\n')}\n`;
}

/**
 * Every token of an opt-out list. The list decides who is released, so an invalid line stops the run.
 *
 * @param sources the sources of the pipeline file: an opt-out at another source would apply to no patient
 * @throws TallystickError (exit 1) naming the line
 */
export function readOptOutList(path: string, sources: ReadonlySet<string>): OptOutToken[] {
  const [header, ...lines] = readFileSync(path, 'utf8').split('\n');
  const faulty = (line: number, message: string) =>
    refused({ file: path, line, message, wayOut: 'tokenise again with this version of tallystick' });
  if (header !== HEADER || lines.pop() !== '') throw faulty(1, 'is not a list of opt-out tokens');
  return lines.map((text, index): OptOutToken => {
    const [kind, source, a, b, ...more] = text.split(',');
    if (!KIND.test(kind ?? '') || source === undefined || !a || !b || more.length > 0) {
      throw faulty(index + 2, 'is not an opt-out token');
    }
    if (source !== ANY_SOURCE && !sources.has(source)) {
      throw faulty(index + 2, 'is an opt-out at a source that the pipeline file does not declare');
    }
    return { kind: kind as OptOutToken['kind'], source, token: `${a},${b}` as TokenText };
  });
}
