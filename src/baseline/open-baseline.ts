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
  'restore it from a backup; or, if the past is to be forgotten, run once with --new-baseline: nothing is compared on that night';

/** What tonight is compared with. */
export interface OpenBaseline {
  /** null where there is nothing to compare with */
  readonly baseline: Baseline | null;
  /** true where nothing was ever published here; false where somebody asked for a new beginning */
  readonly isFirstNight: boolean;
  /** true where the nights were kept under another release key, so that nobody can tell whether they were edited */
  readonly isUnchecked: boolean;
  /** the latest run date of the runs that are still there */
  readonly publishedUntil: string | null;
}

/**
 * Opens the baseline of a pipeline, and checks it, and the keys against those that it pins.
 *
 * A baseline that is damaged, edited, of another key or older than what was published stops the run (exit 1), and so does a missing one where
 * runs were published: otherwise whoever can write to the folder could disarm every comparison.
 *
 * @param home `OUT/<name>`
 * @throws TallystickError (exit 1) as said; (exit 3) for keys that are not the pinned ones and were not accepted by their ids;
 * (exit 2) where an id was accepted that is no key's of this run
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
      message:
        'there is no baseline, though runs have been published here: this night can be compared with nothing',
      wayOut: BEGIN_ANEW,
    });
  }
  if (found.state !== 'unchecked') throw refused({ file, message: faultOf(found), wayOut: BEGIN_ANEW });
  if ((await publishedReleaseKeyId(home)) === keyIds.release) {
    throw refused({
      file,
      message:
        'was made under another release key than the last published run, which has the key of this run',
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
      return 'the baseline is damaged, so that this night can be compared with nothing';
    case 'edited':
      return 'the baseline was edited, or is of another pipeline: its seal is not the one that the release key makes';
    case 'other-version':
      return `the baseline is of format version ${found.version}, which this version of tallystick does not read`;
  }
}

/** An id that is no key's is a slip, and the key that was meant stays refused. */
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

/** @throws TallystickError (exit 3) naming each key that is another */
function checkPins(file: string, pinned: KeyIds, keyIds: KeyIds, { newKeys }: Acceptance): void {
  const problems = PURPOSES.flatMap((purpose): Problem[] => {
    const id = keyIds[purpose];
    if (id === pinned[purpose] || newKeys.includes(id)) return [];
    // another linkage key makes another store key, and is named already
    if (purpose === 'store' && keyIds.linkage !== pinned.linkage) return [];
    return [
      {
        file,
        message: `the ${purpose} key is another one (key id ${id}) than that of the runs published here (${pinned[purpose]})`,
        wayOut: `put the earlier key back: ${CONSEQUENCES[purpose]}; if it was changed on purpose, say so with --accept-new-key ${id}`,
      },
    ];
  });
  if (problems.length > 0) throw environment(...problems);
}

const CONSEQUENCES: KeyIds = {
  linkage: 'under another, no token is what it was, and stores of both link nobody',
  release: 'under another, every person has another pseudonym than in all earlier runs',
  store: 'a store under this linkage key that is signed by another was made by somebody without that key',
};

/** An earlier copy of the file is sealed as well, and would forget what came after it. */
function checkAge(file: string, { knownUntil }: Baseline, publishedUntil: string | null): void {
  if (publishedUntil === null || publishedUntil <= knownUntil) return;
  throw refused({
    file,
    message: `the baseline ends on ${knownUntil}, and a run of ${publishedUntil} was published: it is an earlier copy`,
    wayOut: BEGIN_ANEW,
  });
}
