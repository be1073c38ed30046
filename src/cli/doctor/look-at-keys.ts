import { TallystickError } from '../../domain/problem.ts';
import { type KeyPurpose, openKeyFile } from '../../tokenise/key-ring.ts';
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
  return places.map(({ purpose, path }) => {
    const what = `${purpose} key`;
    try {
      const ring = openKeyFile(path, purpose);
      ring.close();
      return { what, verdict: 'ok', found: `${path}, private, key id ${ring.keyId}` };
    } catch (fault) {
      if (!(fault instanceof TallystickError)) throw fault;
      const [problem] = fault.problems;
      const found = `${path}: ${problem?.message ?? 'cannot be used'}`;
      const wayOut = problem?.wayOut;
      return { what, verdict: 'failed', found, ...(wayOut === undefined ? {} : { wayOut }) };
    }
  });
}
