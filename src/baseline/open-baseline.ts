import { join } from 'node:path';
import { environment, type Problem, refused, usage } from '../domain/problem.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Acceptance } from './acceptance.ts';
import type { Baseline } from './baseline.ts';
import { BASELINE_FILE, type FoundBaseline, readBaseline } from './baseline-file.ts';
import type { KeyIds } from './night.ts';
import { findPublishedRuns, publishedReleaseKeyId } from './published-runs.ts';

const PURPOSES = ['linkage', 'release', 'store'] as const;
const BEGIN_ANEW =
  'restore it from a backup; or, to discard the earlier nights, run once with --new-baseline: nothing is compared on that night';

/** The baseline with which tonight is compared. */
export interface OpenBaseline {
  /** null where there is no earlier night */
  readonly baseline: Baseline | null;
  /** true where nothing was published before; false where a new baseline was requested */
  readonly isFirstNight: boolean;
  /** true where the nights were sealed with another release key, so that it is unknown whether they were edited */
  readonly isUnchecked: boolean;
  /** the latest run date of the runs that still exist */
  readonly publishedUntil: string | null;
}

/**
 * Opens the baseline of a pipeline, and checks it, and the keys against those that it pins.
 *
 * A baseline that is damaged, edited, of another key or older than a published run stops the run (exit 1), and so does a missing one where
 * runs were published: otherwise anybody who can write to the folder could disable every comparison.
 *
 * @param home `OUT/<name>`
 * @throws TallystickError (exit 1) in these cases; (exit 3) for keys that are not the pinned ones and whose ids were not accepted;
 * (exit 2) where an accepted id belongs to no key of this run
 */
export async function openBaseline(
  home: string,
  name: string,
  keyIds: KeyIds,
  releaseKey: KeyRing,
  acceptance: Acceptance,
): Promise<OpenBaseline> {
  checkAcceptedKeys(keyIds, acceptance);
  const file = join(home, BASELINE_FILE);
  const found = await readBaseline(home, name, releaseKey);
  const published = await findPublishedRuns(home);
  const anew = { baseline: null, isUnchecked: false, publishedUntil: published.until };
  if (found.state === 'sealed') {
    checkPins(file, found.baseline.keyIds, keyIds, acceptance);
    if (acceptance.newBaseline) return { ...anew, isFirstNight: false };
    checkAge(file, found.baseline, published.until);
    return { ...anew, baseline: found.baseline, isFirstNight: false };
  }
  if (acceptance.newBaseline) return { ...anew, isFirstNight: false };
  if (found.state === 'none') {
    if (!published.exist) return { ...anew, isFirstNight: true };
    throw refused({
      file,
      message: 'there is no baseline, though runs have been published here: this night cannot be compared',
      wayOut: BEGIN_ANEW,
    });
  }
  if (found.state !== 'unchecked') throw refused({ file, message: faultOf(found), wayOut: BEGIN_ANEW });
  if ((await publishedReleaseKeyId(home)) === keyIds.release) {
    throw refused({
      file,
      message: 'was sealed with another release key than that of the last published run and of this run',
      wayOut: BEGIN_ANEW,
    });
  }
  checkPins(file, found.baseline.keyIds, keyIds, acceptance);
  checkAge(file, found.baseline, published.until);
  return { ...anew, baseline: found.baseline, isFirstNight: false, isUnchecked: true };
}

function faultOf(found: Exclude<FoundBaseline, { state: 'none' | 'sealed' | 'unchecked' }>): string {
  switch (found.state) {
    case 'damaged':
      return 'the baseline is damaged, so this night cannot be compared';
    case 'edited':
      return 'the baseline was edited, or belongs to another pipeline: its seal does not match the release key';
    case 'other-version':
      return `the baseline is of format version ${found.version}, which this version of tallystick does not read`;
  }
}

/** An id that belongs to no key is a slip; the key that was meant stays refused. */
function checkAcceptedKeys(keyIds: KeyIds, { newKeys }: Acceptance): void {
  const wrong = newKeys.filter((id) => !PURPOSES.some((purpose) => keyIds[purpose] === id));
  if (wrong.length === 0) return;
  throw usage(
    ...wrong.map((id) => ({
      message: `--accept-new-key ${id}: no key of this run has this id`,
      wayOut: `the linkage key has ${keyIds.linkage}, the release key ${keyIds.release}, the store key ${keyIds.store}`,
    })),
  );
}

/** @throws TallystickError (exit 3) naming each key that differs from the pinned one */
function checkPins(file: string, pinned: KeyIds, keyIds: KeyIds, { newKeys }: Acceptance): void {
  const problems = PURPOSES.flatMap((purpose): Problem[] => {
    const id = keyIds[purpose];
    if (id === pinned[purpose] || newKeys.includes(id)) return [];
    // another linkage key makes another store key, and is named already
    if (purpose === 'store' && keyIds.linkage !== pinned.linkage) return [];
    return [
      {
        file,
        message: `the ${purpose} key (key id ${id}) is not that of the runs published here (${pinned[purpose]})`,
        wayOut: `put the earlier key back: ${CONSEQUENCES[purpose]}; if it was changed on purpose, run with --accept-new-key ${id}`,
      },
    ];
  });
  if (problems.length > 0) throw environment(...problems);
}

const CONSEQUENCES: KeyIds = {
  linkage: 'with another key every token differs, and stores of the two keys link nobody',
  release: 'with another key every person has another pseudonym than in earlier runs',
  store: 'a store under this linkage key that is signed by another was made by somebody without that key',
};

/** An earlier copy of the file has a valid seal too, but lacks the nights after it. */
function checkAge(file: string, { knownUntil }: Baseline, publishedUntil: string | null): void {
  if (publishedUntil === null || publishedUntil <= knownUntil) return;
  throw refused({
    file,
    message: `the baseline ends on ${knownUntil}, and a run of ${publishedUntil} was published: it is an earlier copy`,
    wayOut: BEGIN_ANEW,
  });
}
