import type { ComparedMap, ComparedRun } from './compared-run.ts';

/** A rule that is not the same; null in place of what a run has not, or of what is known by its digest only. */
export interface ChangedRule {
  readonly rule: string;
  readonly a: string | null;
  readonly b: string | null;
}

/** What differs between two runs before any person is looked at: all that can be the cause of anything. */
export interface WhatDiffers {
  /** if any of these differs, no pseudonym of one run is one of the other */
  readonly keys: readonly ('linkage key' | 'release key' | 'agreement')[];
  readonly rules: readonly ChangedRule[];
  /** every source of either run, in the order of the first */
  readonly allSources: readonly string[];
  /** sources whose files are not the same, whatever they are called */
  readonly sources: readonly string[];
  /** who has opted out, or may be used; null unless both runs have a link map */
  readonly optOuts: boolean | null;
  readonly runDate: boolean;
  /** sources whose same files, under the same rules, were read otherwise on the other date: a birth date lay ahead */
  readonly readOtherwise: readonly string[];
}

/**
 * Compares what two runs were made from. Without a link map in both, opt-outs are not known, and of the rules only the
 * versions: then how the same files were read is not compared.
 */
export function whatDiffers(a: ComparedRun, b: ComparedRun): WhatDiffers {
  const allSources = [...new Set([...a.inputs, ...b.inputs].map(({ source }) => source))];
  const sources = allSources.filter((source) => filesOf(a, source) !== filesOf(b, source));
  const [mapA, mapB] = [a.linkage?.map, b.linkage?.map];
  const maps = mapA === undefined || mapB === undefined ? null : ([mapA, mapB] as const);
  const rules = changedRules(a, b, maps);
  const runDate = a.run.date !== b.run.date;
  return {
    keys: [
      ...(a.keyIds.linkage === b.keyIds.linkage ? [] : (['linkage key'] as const)),
      ...(a.keyIds.release === b.keyIds.release ? [] : (['release key'] as const)),
      ...(a.agreement === b.agreement ? [] : (['agreement'] as const)),
    ],
    rules,
    allSources,
    sources,
    optOuts: maps === null ? null : maps[0].optOuts !== maps[1].optOuts,
    runDate,
    readOtherwise:
      runDate && rules.length === 0 && maps !== null
        ? allSources.filter((one) => !sources.includes(one) && outcomesOf(a, one) !== outcomesOf(b, one))
        : [],
  };
}

/** The files of a source as one text, without their names, which have dates in them. */
function filesOf({ inputs }: ComparedRun, source: string): string {
  const own = inputs.filter((input) => input.source === source);
  return own
    .map(({ table, sha256 }) => `${table} ${sha256}`)
    .sort()
    .join('\n');
}

/** The outcomes of standardising, as one text. */
function outcomesOf({ receipts }: ComparedRun, source: string): string {
  const own = receipts.standardised.filter((one) => one.source === source);
  return own
    .map(({ table, column, outcomes }) => JSON.stringify([table, column, Object.entries(outcomes).sort()]))
    .sort()
    .join('\n');
}

const DIGEST = /^(?:[0-9a-f]{32}|[0-9a-f]{64})$/;

function changedRules(
  a: ComparedRun,
  b: ComparedRun,
  maps: readonly [ComparedMap, ComparedMap] | null,
): ChangedRule[] {
  const [rulesA, rulesB] = [a, b].map(
    ({ tool, rulesVersion }, index): Readonly<Record<string, string>> => ({
      'version of tallystick': tool.version,
      'version of the rules': rulesVersion,
      ...maps?.[index]?.rules,
    }),
  ) as [Record<string, string>, Record<string, string>];
  const shown = (value: string | undefined) => (value === undefined || DIGEST.test(value) ? null : value);
  return [...new Set([...Object.keys(rulesA), ...Object.keys(rulesB)])]
    .filter((rule) => rulesA[rule] !== rulesB[rule])
    .map((rule) => ({ rule, a: shown(rulesA[rule]), b: shown(rulesB[rule]) }));
}
