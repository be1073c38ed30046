import { digestText } from '../../write/digest-text.ts';

/** What a run knew of opt-outs: made into one digest, which a release may show. */
export interface OptOutState {
  /** keyed digests of the opt-out lists that the provider read, by name */
  readonly lists: Readonly<Record<string, string>>;
  /** digest of the list of tokens of each store: of everybody for whom a reason is in force, and of those who are allowed */
  readonly tokens: readonly string[];
}

/** Which lists of a run are of opt-outs, by their names (`domain/list-name`). */
export function isOptOutList(name: string): boolean {
  return name.startsWith('optOuts.');
}

/**
 * The digest of the state, of one run only: another run with the same state has another digest, so that nobody to whom two releases are
 * handed can see whether an opt-out was made or ended in between. Whoever has the operator's record can make it again.
 */
export function stateDigest(runId: string, { lists, tokens }: OptOutState): string {
  const lines = [
    ...Object.entries(lists).map(([name, digest]) => `${name} ${digest}`),
    ...tokens.map((digest) => `tokens ${digest}`),
  ];
  return digestText(['tallystick opt-out state 1', runId, ...lines.sort()].join('\n'));
}
