import type { Erasure } from '../erase/erase.ts';
import { formatCount } from './format.ts';

/** An erasure in words. It names no person, and no pseudonym. */
export function erasureReport({ isDry, runs, stores, untouched, unchecked, proof }: Erasure): string {
  const done = isDry ? 'would be rewritten without the person' : 'rewritten without the person';
  const lines: string[] = [];
  if (runs.length + stores.length === 0) lines.push('nothing of the person was found');
  for (const { runId, tables, linkMapRows } of runs) {
    lines.push(
      `run ${runId}: ${done} (${countsOf({ ...tables, ...(linkMapRows > 0 ? { 'link map': linkMapRows } : {}) })})`,
    );
  }
  for (const { directory, tables, lines: ofLists } of stores) {
    lines.push(`store ${directory}: ${done} (${countsOf({ ...tables, ...ofLists })})`);
  }
  if (untouched > 0) lines.push(`${formatCount(untouched)} others hold nothing of the person`);
  for (const { directory, problems } of unchecked) {
    lines.push(`${directory}: left as it is, for it cannot be checked (${problems[0]?.message ?? ''})`);
  }
  if (proof !== null) {
    lines.push(
      proof.found.length === 0
        ? `${formatCount(proof.files)} files were read afterwards: nothing of the person is in them`
        : `${formatCount(proof.files)} files were read afterwards: the person is still in ${formatCount(proof.found.length)}`,
      ...proof.found.map((file) => `  ${file}`),
    );
  }
  return [...lines, '', ...WHAT_STAYS].join('\n');
}

/** What an erasure does not change, for whoever has to answer the person. */
const WHAT_STAYS = [
  'What stays: opt-outs of the person in the register, which keep the person out of later runs; the rounded counts of dictionaries and',
  'statements; counts of what was read and linked on the night; extracts, backups, and whatever recipients have: recall what they have',
  '(`tallystick opt-out recall`) and remove the person from the extracts, or the next run has the person again.',
];

function countsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${formatCount(count)}`)
    .join(', ');
}
