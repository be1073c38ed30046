import type { KeyRing } from '../keys/key-ring.ts';
import { type FoundBaseline, readBaseline } from './baseline-file.ts';
import type { KeyIds, Night } from './night.ts';
import { findPublishedRuns } from './published-runs.ts';

/** The content of a baseline, for display. */
export interface BaselineDescription {
  /** `none` where nothing was published yet; `missing` where runs were; for the others see `FoundBaseline` */
  readonly state: FoundBaseline['state'] | 'missing';
  /** oldest first; empty where the baseline cannot be trusted */
  readonly nights: readonly Night[];
  /** the pinned keys */
  readonly keyIds: KeyIds | null;
}

/**
 * Reads the baseline of a pipeline without a run, for commands that check beforehand whether a run would succeed.
 *
 * @param home `OUT/<name>`
 * @param key the release key; without it, the seal is not checked
 */
export async function describeBaseline(
  home: string,
  name: string,
  key: KeyRing | null,
): Promise<BaselineDescription> {
  const found = await readBaseline(home, name, key);
  switch (found.state) {
    case 'sealed':
    case 'unchecked':
      return { state: found.state, nights: found.baseline.nights, keyIds: found.baseline.keyIds };
    case 'none': {
      const { exist } = await findPublishedRuns(home);
      return { state: exist ? 'missing' : 'none', nights: [], keyIds: null };
    }
    case 'damaged':
    case 'edited':
    case 'other-version':
      return { state: found.state, nights: [], keyIds: null };
  }
}
