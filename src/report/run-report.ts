import type { OptOutResult, PersonCounts, RunResult } from '../linker/result.ts';
import { auditTable } from './audit-table.ts';
import { comparisonLine } from './comparison-line.ts';
import { formatCount, formatSize } from './format.ts';
import { heldLines } from './held-lines.ts';
import { implausibleLines } from './implausible-lines.ts';
import { rowTable } from './row-table.ts';
import { left, right, textTable } from './text-table.ts';
import { waiverLines } from './waiver-lines.ts';
import { warningLines } from './warning-lines.ts';
import { waysToOpen } from './ways-to-open.ts';

const OUTCOMES: Readonly<Record<RunResult['outcome'], string>> = {
  published: 'published',
  unchanged: 'already published with the same bytes; left as it was',
  replaced: 'published in place of an earlier run of the same id',
};

/**
 * The report at the end of a run. Everything in it comes from the result, which holds counts and locations only.
 *
 * @param directory the path of the run's folder, for display
 * @param latest the path of the link to the latest run, for display
 */
export function runReport(result: RunResult, directory: string, latest: string): string {
  const { name, runId, runDate, outcome, receipts, persons, implausible, audit, warnings, files, seconds } =
    result;
  const { comparedWith } = result;
  const isLatest = result.latest.runId === runId;
  const lines = [
    `${name} for ${runDate}: run ${runId}, ${OUTCOMES[outcome]}`,
    '',
    ...rowTable(receipts),
    ...footnotes(result),
    '',
    ...personLines(persons, result.optOuts),
    ...heldLines(result.optOuts),
    ...implausibleLines(implausible),
    '',
    ...auditTable(audit),
    '',
    ...waiverLines(result.waivers),
    comparisonLine(comparedWith),
    '',
    ...warningLines(warnings),
    isLatest
      ? `${directory} (${latest} points at it)`
      : `${directory} (${latest} still points at run ${result.latest.runId} of ${result.latest.runDate}, which is later)`,
    ...textTable(
      [left(''), right('rows'), right('size')],
      files.map(({ file, rows, bytes }) => [`  release/${file}`, formatCount(rows), formatSize(bytes)]),
    ),
    '  release/ is for the recipient: the tables, manifest.json, data-dictionary.md, data-dictionary.json, linkage-statement.md',
    '  operator/ stays here: receipts.json, quarantine.csv',
    '',
    'Open a table:',
    ...waysToOpen(`${isLatest ? latest : directory}/release/persons.arrow`).map((line) => `  ${line}`),
    '',
    `${formatCount(result.rowsIn)} rows in ${seconds.toFixed(1)} s: ${stageTimes(result)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Explanations of column headings. */
function footnotes({ receipts }: RunResult): string[] {
  const released = new Set(receipts.flatMap(({ stage, table }) => (stage === 'release' ? [table] : [])));
  const isLinkedOnly = receipts.some(
    ({ stage, table, rowsOut }) => stage === 'tokenise' && !released.has(table) && rowsOut > 0,
  );
  return isLinkedOnly
    ? ['linked only: patients, who are released as persons, and tables outside the allow-list']
    : [];
}

function personLines(
  { released, typeTwoOptOut, nationalOptOut, heldBack, metIn }: PersonCounts,
  { effect }: OptOutResult,
): string[] {
  const inAll = Object.values(effect.persons.first).reduce((sum, one) => sum + one, 0);
  const others = inAll - typeTwoOptOut - nationalOptOut - heldBack;
  return [
    `${formatCount(released)} persons released: in one care setting ${formatCount(metIn['1'])}, in two ${formatCount(metIn['2'])}, in three ${formatCount(metIn['3'])}`,
    `not released: type 2 opt-out ${formatCount(typeTwoOptOut)}, national opt-out ${formatCount(nationalOptOut)}, held back ${formatCount(heldBack)}${others === 0 ? '' : `, for other reasons ${formatCount(others)}`}`,
  ];
}

/** The stages that took noticeable time, longest first, and a note that they overlap where they add up to more than the run. */
function stageTimes({ seconds: elapsed, stages }: RunResult): string {
  const times = Object.entries(stages)
    .filter(([, seconds]) => seconds >= 0.005)
    .sort(([, one], [, other]) => other - one)
    .map(([stage, seconds]) => `${stage} ${seconds.toFixed(2)}`)
    .join(', ');
  const sum = Object.values(stages).reduce((total, one) => total + one, 0);
  return sum > elapsed ? `${times} (stages overlap)` : times;
}
