import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, refused, TallystickError } from '../../domain/problem.ts';
import { PseudonymSet } from '../../gates/pseudonym-set.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { ANY_SOURCE, readOptOutList } from '../../store/opt-out-list.ts';
import type { OptOutCounts } from '../../store/token-store.ts';
import type { PairHasher } from '../../tokenise/pair-hasher.ts';
import { tokenBytes } from '../../tokenise/token-text.ts';
import { readRecord } from '../../write/read-run.ts';
import { OPERATOR_FOLDER } from '../../write/run-place.ts';
import type { OptOutPseudonyms } from '../publish/gates.ts';
import type { OpenStores } from './open-stores.ts';

/**
 * The opt-out counts of the run that was published last, or null before the first.
 *
 * @throws TallystickError (exit 1) where there is a last run and its record cannot be read, whatever the reason
 */
export function readPublishedCounts(out: string, name: string): OptOutCounts | null {
  const latest = join(out, name, 'latest');
  if (lstatSync(latest, { throwIfNoEntry: false }) === undefined) return null;
  try {
    return readRecord(join(latest, OPERATOR_FOLDER)).optOuts;
  } catch (fault) {
    if (!(fault instanceof TallystickError)) throw fault;
    throw refused({
      file: latest,
      message: 'the counts of the last published run cannot be read, so opt-outs cannot be compared with it',
      wayOut: `restore it, or move ${join(out, name)} away if this is to be the first run`,
    });
  }
}

/**
 * About 150,000 opt-outs at one supplier were once not passed on for three years: so a list that has shrunk sharply
 * since the last run stops this one.
 *
 * @throws TallystickError (exit 1) naming each list and both counts
 */
export function checkFall(pipeline: Pipeline, before: OptOutCounts | null, now: OptOutCounts): void {
  if (before === null) return;
  const problems: Problem[] = [];
  const check = (what: string, was: number | null, is: number | null) => {
    if (was === null || was === 0) return;
    if ((is ?? 0) >= was * (1 - pipeline.optOuts.maxFall)) return;
    problems.push({
      message: `${what} fell from ${was} to ${is ?? 0} since the last published run; a fall of ${pipeline.optOuts.maxFall * 100}% is allowed`,
      wayOut: 'find out why before releasing anyone; if it is right, raise optOuts.maxFall for this run',
    });
  };
  for (const type of Object.keys(before.register ?? {})) {
    check(`the register's ${type} events`, before.register?.[type] ?? null, now.register?.[type] ?? null);
  }
  check('coded opt-out events', before.coded, now.coded);
  if (before.nationalAllowed !== null)
    check('the national reply', before.nationalAllowed, now.nationalAllowed);
  if (problems.length > 0) throw refused(...problems);
}

/** The pseudonyms that must not be found in the files, straight from the opt-out tokens and the release key. */
export function optOutPseudonyms(
  pipeline: Pipeline,
  stores: OpenStores,
  hasher: PairHasher,
): OptOutPseudonyms {
  const sources = new Set(pipeline.sources.map(({ name }) => name));
  const wholePersons = new Set<string>();
  const gpRecords = new Set<string>();
  const allowed = new Set<string>();
  for (const file of stores.optOutFiles) {
    for (const { kind, source, token } of readOptOutList(file, sources)) {
      if (source !== ANY_SOURCE) continue; // a token of a record without an NHS number is no person's pseudonym
      const pseudonym = hasher.hashOne(tokenBytes(token));
      if (kind === 'allowed') allowed.add(pseudonym);
      else if (kind === 'type-1') gpRecords.add(pseudonym);
      else wholePersons.add(pseudonym);
    }
  }
  const isAllowList = pipeline.optOuts.national !== null && pipeline.optOuts.untied === 'hold-back';
  return {
    wholePersons: new PseudonymSet(wholePersons),
    gpRecords: new PseudonymSet(gpRecords),
    allowed: isAllowList ? new PseudonymSet(allowed) : null,
  };
}
