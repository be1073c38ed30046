import type { WhatDiffers } from './what-differs.ts';

/**
 * What a finding is put down to, in order of precedence: the first that holds (README.md, "Causes"). The last is a fault of
 * the program or of a run's folder.
 */
export const CAUSES = [
  'opt-out',
  'own-records',
  'rules',
  'other-records',
  'other-opt-outs',
  'run-date',
  'unexplained',
] as const;
export type CauseName = (typeof CAUSES)[number];

/** The outcomes in a link map that are opt-outs. */
const OPT_OUTS = ['type-1-opt-out', 'type-2-opt-out', 'national-opt-out'] as const;

/** A cause, and which: the opt-out of `opt-out`, the source of `own-records`; null for the others. */
export interface Cause {
  readonly cause: CauseName;
  readonly which: string | null;
}

/** In SQL a cause is one number, so that the first of several is the least: its place times this, and which. */
const PLACES = 1_000;

/** The number of a cause. @param which its place among the opt-outs, or the sources */
export function causeCode(cause: CauseName, which = 0): number {
  return CAUSES.indexOf(cause) * PLACES + which;
}

/** The cause of a number. @param sources names of all sources, in their places */
export function causeOf(code: number, sources: readonly string[]): Cause {
  const cause = CAUSES[Math.trunc(code / PLACES)]!;
  const index = code % PLACES;
  const which = cause === 'opt-out' ? OPT_OUTS[index] : cause === 'own-records' ? sources[index] : null;
  return { cause, which: which ?? null };
}

/**
 * The cause of what happened to a subject, as a number, in SQL.
 *
 * Sees `source`; `outcome_a` and `outcome_b`, of which one is null for a subject that is in one map only; and
 * `is_rewritten`, null for such a subject.
 *
 * @param text quotes a text
 */
export function causeSql(differs: WhatDiffers, text: (value: string) => string): string {
  const { allSources, sources, rules, optOuts, readOtherwise } = differs;
  const isIn = (column: string, values: readonly string[]) =>
    values.length === 0 ? 'false' : `${column} IN (${values.map(text).join(', ')})`;
  const place = (column: string, cause: CauseName, values: readonly string[]) =>
    `CASE ${column} ${values.map((value, index) => `WHEN ${text(value)} THEN ${causeCode(cause, index)}`).join(' ')} END`;
  const [optedA, optedB] = [isIn('outcome_a', OPT_OUTS), isIn('outcome_b', OPT_OUTS)];
  const isInBoth = 'outcome_a IS NOT NULL AND outcome_b IS NOT NULL';
  const holds = (fact: boolean) => (fact ? 'true' : 'false');
  return `CASE
  WHEN ${isInBoth} AND ${optedA} AND NOT ${optedB} THEN ${place('outcome_a', 'opt-out', OPT_OUTS)}
  WHEN ${isInBoth} AND ${optedB} AND NOT ${optedA} THEN ${place('outcome_b', 'opt-out', OPT_OUTS)}
  WHEN ${isIn('source', sources)} AND coalesce(is_rewritten, true) THEN ${place('source', 'own-records', allSources)}
  WHEN ${holds(rules.length > 0)} THEN ${causeCode('rules')}
  WHEN ${holds(sources.length > 0)} AND ${isInBoth} THEN ${causeCode('other-records')}
  WHEN ${holds(optOuts === true)} THEN ${causeCode('other-opt-outs')}
  WHEN ${holds(readOtherwise.length > 0)} THEN ${causeCode('run-date')}
  ELSE ${causeCode('unexplained')} END`;
}
