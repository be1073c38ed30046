import type { Cause } from '../compare/diff/causes.ts';
import type { Findings, RunDifference } from '../compare/diff/findings.ts';
import type { ReleaseChange, ReleaseComparison } from '../compare/diff/release-change.ts';
import type { WhatDiffers } from '../compare/diff/what-differs.ts';
import type { Problem } from '../domain/problem.ts';
import { formatCount } from './format.ts';
import { left, right, textTable } from './text-table.ts';

const OPT_OUT_WORDS: Readonly<Record<string, string>> = {
  'type-1-opt-out': 'type 1',
  'type-2-opt-out': 'type 2',
  'national-opt-out': 'national',
};

/**
 * The report on two runs: differences of the releases, differences of what the runs were made from, then persons, subjects and
 * ranks, each with its cause. It shows small numbers: it is not for publication.
 */
export function diffReport({ a, b, release, differs, counts, findings, missing }: RunDifference): string {
  const lines = [
    `A: ${a.name} for ${a.date}, run ${a.id}`,
    `B: ${b.name} for ${b.date}, run ${b.id}`,
    '',
    ...releaseLines(release),
    '',
    ...(differs === null ? [] : [...whatDiffersLines(differs), '', ...countLines(counts), '']),
    ...(findings === null ? noFindingLines(differs, missing) : findingLines(findings)),
  ];
  return `${lines.join('\n')}\n`;
}

function countLines(counts: RunDifference['counts']): string[] {
  return textTable(
    [left(''), right('A'), right('B'), right('B - A')],
    counts.map(({ what, a: inA, b: inB }) => [
      what,
      formatCount(inA),
      formatCount(inB),
      inA === inB ? '' : `${inB > inA ? '+' : '-'}${formatCount(Math.abs(inB - inA))}`,
    ]),
  );
}

/** Why persons were not compared, and how to have them compared. */
function noFindingLines(differs: WhatDiffers | null, missing: readonly Problem[]): string[] {
  if (differs !== null && differs.keys.length > 0) {
    return [
      `the ${differs.keys.join(' and the ')} changed: pseudonyms of A and B cannot be compared, so only these counts were`,
    ];
  }
  return [
    'persons were not compared:',
    ...missing.flatMap(({ file, message, wayOut }) => [
      `  ${file}: ${message}`,
      ...(wayOut === undefined ? [] : [`    ${wayOut}`]),
    ]),
  ];
}

function releaseLines({ changes, notCompared }: ReleaseComparison): string[] {
  const known = notCompared.length === 0 ? '' : ', as far as compared';
  return [
    ...(changes.length === 0
      ? [`nothing differs in the release${known}`]
      : ['differs in the release:', ...changes.map((change) => `  ${changeLine(change)}`)]),
    ...(notCompared.length === 0
      ? []
      : ['not compared:', ...notCompared.map(({ what, why }) => `  ${what}: ${why}`)]),
  ];
}

const DIGEST = /^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{64})$/;

function changeLine({ what, which, a, b }: ReleaseChange): string {
  const name = which === null ? what : `${what} ${which}`;
  // key ids are written like digests, and are names
  if (what.endsWith(' key')) return `${name}: ${a ?? 'not in A'}, now ${b ?? 'not in B'}`;
  const shown = (value: string) => (DIGEST.test(value) ? '' : `: ${value}`);
  if (a === null) return `${name} is new${b === null ? '' : shown(b)}`;
  if (b === null) return `${name} was removed${shown(a)}`;
  return DIGEST.test(a) && DIGEST.test(b)
    ? `${name} differs`
    : `${name}: ${DIGEST.test(a) ? 'other' : a}, now ${DIGEST.test(b) ? 'other' : b}`;
}

function whatDiffersLines({ keys, rules, sources, optOuts, runDate, readOtherwise }: WhatDiffers): string[] {
  const lines = [
    ...keys.map((key) => `the ${key}`),
    ...rules.map(({ rule, a, b }) =>
      a === null && b === null ? rule : `${rule}: ${a ?? 'not in A'}, now ${b ?? 'not in B'}`,
    ),
    ...(sources.length === 0 ? [] : [`the files of ${sources.join(', ')}`]),
    ...(optOuts === true ? ['who has opted out'] : []),
    ...(runDate ? ['the run date'] : []),
    ...(readOtherwise.length === 0
      ? []
      : [`what the same files of ${readOtherwise.join(', ')} say on the other date`]),
  ];
  const known = optOuts === null ? ', as far as is known without a link map of both' : '';
  return lines.length === 0
    ? [`nothing differs in what the runs were made from${known}`]
    : ['differs in what the runs were made from:', ...lines.map((line) => `  ${line}`)];
}

function findingLines({ totals, persons, subjects, ranks, unexplained }: Findings): string[] {
  const total = Object.entries(totals).map(([finding, number]) => `${finding} ${formatCount(number)}`);
  const lines = [`persons: ${total.join(', ')}`];
  if (persons.length > 0) {
    lines.push(
      '',
      ...textTable(
        [left('persons'), right('number'), right('subjects'), left('cause')],
        persons.map((one) => [
          one.finding,
          formatCount(one.persons),
          formatCount(one.subjects),
          causeWords(one),
        ]),
      ),
    );
  }
  if (subjects.length > 0) {
    lines.push(
      '',
      ...textTable(
        [left('subjects'), left('source'), right('number'), left('cause')],
        subjects.map((one) => [one.finding, one.source, formatCount(one.subjects), causeWords(one)]),
      ),
    );
  }
  lines.push('', ...rankLines(ranks));
  if (unexplained > 0) {
    lines.push(
      '',
      `${formatCount(unexplained)} ${unexplained === 1 ? 'finding has' : 'findings have'} no cause: this is a fault, please report it`,
    );
  }
  return lines;
}

/** Ranks of A down and of B across, for the subjects in both. */
function rankLines(ranks: Findings['ranks']): string[] {
  if (ranks.every(({ a, b }) => a === b)) return ['no subject has another match rank'];
  const inOrder = (numbers: readonly number[]) => [...new Set(numbers)].sort((one, other) => one - other);
  const across = inOrder(ranks.map(({ b }) => b));
  return textTable(
    [left('match rank'), ...across.map((rank) => right(`B ${rank}`))],
    inOrder(ranks.map(({ a }) => a)).map((rank) => [
      `A ${rank}`,
      ...across.map((other) => {
        const cell = ranks.find(({ a, b }) => a === rank && b === other);
        return cell === undefined ? '' : formatCount(cell.subjects);
      }),
    ]),
  );
}

function causeWords({ cause, which }: Cause): string {
  switch (cause) {
    case 'opt-out':
      return `an opt-out: ${OPT_OUT_WORDS[which ?? '']}`;
    case 'own-records':
      return `the source changed: ${which}`;
    case 'rules':
      return 'the rules changed';
    case 'other-records':
      return 'the source changed: other records';
    case 'other-opt-outs':
      return 'an opt-out: type 1, before linking';
    case 'run-date':
      return 'the run date changed';
    case 'unexplained':
      return 'none: a fault';
  }
}
