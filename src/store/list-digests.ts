import type { KeyRing } from '../keys/key-ring.ts';
import { PairHasher } from '../keys/pair-hasher.ts';
import { listInfo } from '../keys/recipes.ts';
import { digestText } from '../write/digest-text.ts';

/**
 * A digest of the content of each list that the provider or the linker reads, by the name of its setting: all stores of one run
 * must have been made with the same lists. The digest is keyed, because lists hold identifiers, and a plain digest of a short
 * list could be found by trial.
 *
 * @param lists entries in any order; null where there is no list
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
