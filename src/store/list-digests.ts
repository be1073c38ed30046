import type { KeyRing } from '../keys/key-ring.ts';
import { PairHasher } from '../keys/pair-hasher.ts';
import { listInfo } from '../keys/recipes.ts';
import { digestText } from '../write/digest-text.ts';

/**
 * What each list holds that is read by a half of the run, as a digest by name of the setting that names it: stores of
 * one run must have been made with the same lists. It is keyed, for lists hold identifiers, and whoever saw a digest of a
 * short one could try them all.
 *
 * @param lists entries in any order; null where there is no such list
 * @param key the linkage key above the identity boundary, the release key below it
 * @returns 32 hexadecimal digits by name
 */
export function listDigests(
  lists: Readonly<Record<string, readonly unknown[] | null>>,
  key: KeyRing,
): Readonly<Record<string, string>> {
  const hasher = new PairHasher(key, listInfo());
  try {
    return Object.fromEntries(
      Object.entries(lists).flatMap(([name, entries]) => {
        if (entries === null) return [];
        const lines = [...new Set(entries.map((entry) => JSON.stringify(entry)))].sort();
        return [[name, hasher.hashOne(Buffer.from(digestText(lines.join('\n')), 'hex'))]];
      }),
    );
  } finally {
    hasher.close();
  }
}
