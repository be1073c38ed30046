import { TallystickError } from '../../domain/problem.ts';
import { assertTwoKeys, type KeyPurpose, openKeyFile } from '../../tokenise/key-ring.ts';
import { StoreKey } from '../../tokenise/store-key.ts';
import type { MachineFinding } from './finding.ts';

/** A key file that is to be looked at. */
export interface KeyPlace {
  readonly purpose: KeyPurpose;
  readonly path: string;
}

/** The variables that the pipeline files of this program name for their keys. */
const VARIABLES: Readonly<Record<KeyPurpose, string>> = {
  linkage: 'TALLYSTICK_KEY_FILE',
  release: 'TALLYSTICK_RELEASE_KEY_FILE',
};

/** Key files that the environment names. */
export function keysOfEnvironment(environment: Readonly<Record<string, string | undefined>>): KeyPlace[] {
  return (['linkage', 'release'] as const).flatMap((purpose) => {
    const path = environment[VARIABLES[purpose]];
    return path === undefined || path === '' ? [] : [{ purpose, path }];
  });
}

/** Whether each key would be taken: there, whole, and closed to others. */
export function lookAtKeys(places: readonly KeyPlace[]): MachineFinding[] {
  let linkageKeyId: string | null = null;
  return places.flatMap(({ purpose, path }): MachineFinding[] => {
    const what = `${purpose} key`;
    try {
      const ring = openKeyFile(path, purpose);
      const storeKey = purpose === 'linkage' ? new StoreKey(ring) : null;
      ring.close();
      if (purpose === 'linkage') linkageKeyId = ring.keyId;
      else if (linkageKeyId !== null) assertTwoKeys(linkageKeyId, ring, path);
      return [
        { what, verdict: 'ok', found: `${path}, private, key id ${ring.keyId}` },
        ...(storeKey === null
          ? []
          : [{ what: 'store key', verdict: 'ok' as const, found: `derived from it, id ${storeKey.id}` }]),
      ];
    } catch (fault) {
      if (!(fault instanceof TallystickError)) throw fault;
      const [problem] = fault.problems;
      const found = `${path}: ${problem?.message ?? 'cannot be used'}`;
      const wayOut = problem?.wayOut;
      return [{ what, verdict: 'failed', found, ...(wayOut === undefined ? {} : { wayOut }) }];
    }
  });
}
