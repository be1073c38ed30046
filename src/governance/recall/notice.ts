import { escapeMarkdown, markdownTable } from '../../domain/markdown.ts';
import type { RecalledRelease } from './recall.ts';

/** The two files of a notice to a recipient. */
export interface Notice {
  readonly runId: string;
  readonly files: Readonly<Record<string, string>>;
}

/** What a notice says besides who is in it. */
export interface NoticeTerms {
  /** YYYY-MM-DD: the day of the notice */
  readonly today: string;
  /** YYYY-MM-DD: the day by which the recipient is to have deleted the rows */
  readonly until: string;
}

/**
 * The notice for the recipient of a release: what to delete, in words and as a list. It has pseudonyms of their own release and
 * nothing else of anybody: no token, no reason, no date of a decision.
 *
 * @returns null where nobody is recalled
 */
export function noticeOf(release: RecalledRelease, terms: NoticeTerms): Notice | null {
  const { runId, persons } = release;
  if (persons.length === 0) return null;
  const list = `recall-${runId}.csv`;
  return {
    runId,
    files: { [list]: listOf(release), [`recall-${runId}.md`]: textOf(release, list, terms) },
  };
}

/** Pseudonym, table and number of rows, in the order of pseudonyms and then of the tables of the release. */
function listOf({ persons, tables }: RecalledRelease): string {
  const lines = persons.flatMap(({ person, rows }) =>
    tables.flatMap(({ table }) => (rows[table] === undefined ? [] : [`${person},${table},${rows[table]}`])),
  );
  return `${['person,table,rows', ...lines].join('\n')}\n`;
}

function textOf(
  { runId, runDate, agreement, recipient, tables }: RecalledRelease,
  list: string,
  { today, until }: NoticeTerms,
): string {
  const affected = tables.filter(({ rows }) => rows > 0);
  return `${[
    '# Records to delete',
    `Date of this notice: ${today}. Data sharing agreement: ${escapeMarkdown(agreement)}.${
      recipient === null ? '' : ` To: ${escapeMarkdown(recipient)}.`
    }`,
    `You received release ${runId} of ${runDate}. Some people in it have since made a decision about the use of their records. Their records must not be used any more.`,
    '## What to delete',
    `The list \`${list}\` names each person by the pseudonym in the column \`person\`, each table, and the number of rows. Delete these rows by ${until}:`,
    [
      '1. from each file named below, and from every copy of it, also in databases and on the computers of people who work with it;',
      '2. from everything that was made from these rows and still shows single persons, such as derived tables, samples and training data;',
      '3. from backups, when they are next overwritten. Do not restore these rows from a backup.',
    ].join('\n'),
    'Results that were made before this notice and show no single person, such as published counts and rates, may stay.',
    markdownTable(
      ['File', 'Table', 'Bytes', 'SHA-256 of the file that you received'],
      affected.map(({ file, table, bytes, sha256 }) => [file, table, String(bytes), sha256]),
      [2],
    ),
    'A person of whom only some tables are listed may stay in the others. A later release may have a new row of them in `persons`.',
    '## What not to do',
    'Do not try to find out who these people are, or what they decided and why. Do not pass the list on to anybody who does not need it to delete the rows. Delete the list when you have confirmed.',
    '## How to confirm',
    `Answer by ${until}, and say: the release (${runId}), the day on which the rows were deleted, who deleted them, and whether any copy is left and why. If you handed the release on, say to whom, and send them this notice.`,
  ].join('\n\n')}\n`;
}
