import { readFileSync } from 'node:fs';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { digestText } from '../../write/digest-text.ts';
import type { RecordedLinkMap } from '../../write/operator-record.ts';
import type { OpenStores } from '../open-stores.ts';

/**
 * Everything that decides who is linked to whom and who is held back, besides the records, the opt-outs and the run date:
 * what changes none of these has no place here, for a difference in it is taken for the cause of others.
 */
export function linkRules(
  { link, sources, optOuts }: Pipeline,
  { readings }: OpenStores,
): RecordedLinkMap['rules'] {
  const allowLists = optOuts.lists.flatMap(({ name, allow }) => (allow ? [name] : []));
  return {
    ladder: link.ladder,
    'match ranks': digestText(JSON.stringify(link.ranks)),
    'least match probability': String(link.minProbability ?? 'none'),
    'implausible links': link.quarantineImplausible ? digestText(JSON.stringify(link.implausible)) : 'left',
    'order of sources': sources.map(({ name }) => name).join(', '),
    'records without an NHS number': optOuts.untied,
    'national reply': optOuts.national === null ? 'none' : 'in force',
    ...(allowLists.length === 0 ? {} : { 'allow-lists': allowLists.sort().join(', ') }),
    ...Object.fromEntries(sources.map(({ name }) => [`reading of ${name}`, readings[name] ?? 'not known'])),
  };
}

/** Digest of everybody who has opted out, and of those a national reply allows: of tokens, each once, in order. */
export function digestOptOuts({ optOutFiles, decidedFiles }: OpenStores): string {
  const lines = [
    ...optOutFiles.flatMap((file) => readFileSync(file, 'utf8').split('\n')),
    ...decidedFiles.map((file) => digestText(readFileSync(file).toString('latin1'))),
  ];
  return digestText([...new Set(lines)].sort().join('\n'));
}
