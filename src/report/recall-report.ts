import type { Recall } from '../governance/recall/recall.ts';
import { formatCount } from './format.ts';
import { left, right, textTable } from './text-table.ts';

/** A recall in words: each release with the persons who have opted out since, and what is not known. */
export function recallReport({ today, since, releases, unchecked }: Recall): string {
  const affected = releases.filter(({ persons }) => persons.length > 0);
  const which = since === null ? `in force on ${today}` : `in force on ${today}, since ${since} or later`;
  const lines = [
    `${formatCount(releases.length)} ${releases.length === 1 ? 'release' : 'releases'} checked for opt-outs ${which}`,
  ];
  if (affected.length === 0) lines.push('nobody who has opted out is in any of them');
  else {
    lines.push(
      '',
      ...textTable(
        [left('release'), left('agreement'), left('recipient'), right('persons'), right('rows'), left('')],
        affected.map(({ runId, agreement, recipient, persons, tables, optedOutBefore }) => [
          runId,
          agreement,
          recipient ?? '',
          formatCount(persons.length),
          formatCount(tables.reduce((sum, { rows }) => sum + rows, 0)),
          optedOutBefore === 0 ? '' : `${formatCount(optedOutBefore)} had opted out before it was made`,
        ]),
      ),
    );
    for (const { runId, persons, tables } of affected) {
      const named = tables.filter(({ rows }) => rows > 0).map(({ table }) => table);
      lines.push(
        '',
        runId,
        ...textTable(
          [left('  person'), left('since'), ...named.map((table) => right(table))],
          persons.map(({ person, since: day, rows }) => [
            `  ${person}`,
            day,
            ...named.map((table) => (rows[table] === undefined ? '' : formatCount(rows[table]))),
          ]),
        ),
      );
    }
  }
  for (const { runId, notes } of releases) lines.push(...notes.map((note) => `${runId}: ${note}`));
  if (unchecked.length > 0) {
    lines.push('', `${formatCount(unchecked.length)} not checked: it is not known who is in them`);
    lines.push(...unchecked.map(({ runId, directory }) => `  ${runId ?? directory}`));
  }
  return lines.join('\n');
}
