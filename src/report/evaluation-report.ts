import type { Grouping } from '../compare/evaluate/counts.ts';
import type { Evaluation, NotEvaluated } from '../compare/evaluate/evaluation.ts';
import type { Subgroup } from '../compare/evaluate/subgroups.ts';
import { CHARACTERISTIC_WORDS } from '../domain/characteristic.ts';
import { type DropReason, dropReasonWords } from '../domain/receipt.ts';
import type { Interval } from '../domain/wilson-interval.ts';
import { formatCount, formatInterval, formatRate } from './format.ts';
import { left, right, textTable } from './text-table.ts';

const GROUPING_WORDS: Readonly<Record<Grouping, string>> = {
  source: 'source',
  nhsNumber: 'NHS number',
  ...CHARACTERISTIC_WORDS,
};

/** Shorter than the words of reasons elsewhere, for the width of a terminal. */
const REASON_WORDS: Readonly<Partial<Record<string, string>>> = {
  quarantined: 'quarantined',
  'patient-quarantined': 'patient quarantined',
  'type-1-opt-out': 'type 1 opt-out',
  'type-2-opt-out': 'type 2 opt-out',
  'national-opt-out': 'national opt-out',
  'held-back': 'held back',
  orphan: 'orphaned',
  'sensitive-code': 'sensitive',
};

const INTERVAL = '95 % interval';

/**
 * The report of an evaluation: the totals, then by match rank and by subgroup, then the records left out.
 *
 * @param truth the path of the truth file, for display
 */
export function evaluationReport(evaluation: Evaluation, truth: string): string {
  const { name, runDate, ladder, records, persons, record, seconds } = evaluation;
  const lines = [
    `${name} for ${runDate}: linkage by the ladder ${ladder} compared with ${truth}`,
    '',
    `${formatCount(records)} records of ${formatCount(persons.true)} true persons, linked to ${formatCount(persons.linked)} persons`,
    '',
    ...overallTable(evaluation),
    '',
    ...rankTable(evaluation),
    '',
    ...groupTable(evaluation.subgroups),
    '',
    'false: in a person most of whose records belong to another true person; of linked records',
    'missed: apart from most records of its true person; of records that have one to link to',
    '',
    ...leftOut(evaluation.notEvaluated),
    `${formatCount(record.records)} records evaluated in ${seconds.toFixed(1)} s; nothing was published`,
  ];
  return `${lines.join('\n')}\n`;
}

function overallTable({ record, pair }: Evaluation): string[] {
  const row = (what: string, part: number, of: number, rate: number | null, interval: Interval | null) => [
    what,
    formatCount(part),
    formatCount(of),
    formatRate(rate),
    formatInterval(interval),
  ];
  const { bothPairs, linkedPairs, truePairs } = pair;
  return textTable(
    [left(''), right('number'), right('of'), right('rate'), right(INTERVAL)],
    [
      row(
        'false matches',
        record.falseMatches,
        record.linked,
        record.falseMatchRate,
        record.falseMatchInterval,
      ),
      row(
        'missed matches',
        record.missedMatches,
        record.linkable,
        record.missedMatchRate,
        record.missedMatchInterval,
      ),
      row('pairs: precision', bothPairs, linkedPairs, pair.precision, pair.precisionInterval),
      row('pairs: recall', bothPairs, truePairs, pair.recall, pair.recallInterval),
      ['pairs: F1', '', '', formatRate(pair.f1), formatInterval(pair.f1Interval)],
    ],
  );
}

function rankTable({ ranks }: Evaluation): string[] {
  return textTable(
    [
      left('match rank'),
      ...['records', 'linked', 'false', 'rate', INTERVAL, 'missed'].map((heading) => right(heading)),
    ],
    ranks.map((rank) => [
      rank.rank === 0 ? '0 (none held)' : String(rank.rank),
      formatCount(rank.records),
      formatCount(rank.linked),
      formatCount(rank.falseMatches),
      formatRate(rank.falseMatchRate),
      formatInterval(rank.falseMatchInterval),
      formatCount(rank.missedMatches),
    ]),
  );
}

function groupTable(groups: readonly Subgroup[]): string[] {
  const headings = ['records', 'linked', 'false', 'rate', INTERVAL, 'to link', 'missed', 'rate', INTERVAL];
  return textTable(
    [left('subgroup'), left(''), ...headings.map((heading) => right(heading))],
    groups.map((group) => [
      GROUPING_WORDS[group.by],
      group.value?.replaceAll(/\p{Cc}/gu, '?') ?? 'not known', // delivered text may hold control characters
      ...(group.note === null
        ? [
            formatNumber(group.records),
            formatNumber(group.linked),
            formatNumber(group.falseMatches),
            formatRate(group.falseMatchRate),
            formatInterval(group.falseMatchInterval),
            formatNumber(group.linkable),
            formatNumber(group.missedMatches),
            formatRate(group.missedMatchRate),
            formatInterval(group.missedMatchInterval),
          ]
        : ['*']),
    ]),
  ).concat(
    groups.some(({ note }) => note !== null)
      ? ['*: too few records, or a count from which one such could be computed']
      : [],
  );
}

function leftOut({ truthOfOtherTables, truthWithoutRecord, recordsWithoutTruth, notLinked }: NotEvaluated) {
  const stopped = Object.entries(notLinked) as [DropReason, number][];
  const rows = stopped.reduce((sum, [, one]) => sum + one, 0);
  const reasons = stopped
    .map(([reason, one]) => `${REASON_WORDS[reason] ?? dropReasonWords(reason)} ${formatCount(one)}`)
    .join(', ');
  return [
    'not evaluated:',
    `  ${formatCount(rows)} rows stopped before linkage${reasons === '' ? '' : `: ${reasons}`}`,
    `  ${formatCount(recordsWithoutTruth)} records without truth`,
    `  ${formatCount(truthWithoutRecord)} lines of the truth without a record, those of stopped rows among them`,
    `  ${formatCount(truthOfOtherTables)} lines of the truth on tables that follow others`,
    '',
  ];
}

function formatNumber(count: number | null): string {
  return count === null ? '' : formatCount(count);
}
