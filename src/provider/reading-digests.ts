import type { KeyRing } from '../keys/key-ring.ts';
import { PairHasher } from '../keys/pair-hasher.ts';
import { readingInfo } from '../keys/recipes.ts';
import type { Pipeline, SourceSpec, TableSpec } from '../pipeline/pipeline.ts';
import { digestText } from '../write/digest-text.ts';

/**
 * How the files of each source are read, as a digest: all settings of the pipeline file for them but where they are and how
 * their columns are described, and what is expected of them. Two runs of the same files that read them otherwise differ in this. It is keyed, for lists
 * hold identifiers, and from a plain digest of a short one they could be found by trying all.
 *
 * @param lists what the lists hold that decide how identifiers are read
 * @returns 32 hexadecimal digits by name of source
 */
export function readingDigests(
  { synthetic }: Pipeline,
  sources: readonly SourceSpec[],
  lists: readonly unknown[],
  linkageKey: KeyRing,
): Readonly<Record<string, string>> {
  const hasher = new PairHasher(linkageKey, readingInfo());
  try {
    return Object.fromEntries(
      sources.map(({ name, setting, patients, addresses, tables }) => {
        const read = [patients, addresses, ...tables].map((table) =>
          table === null ? null : layoutOf(table),
        );
        const digest = digestText(JSON.stringify([synthetic, setting, read, lists]));
        return [name, hasher.hashOne(Buffer.from(digest, 'hex'))];
      }),
    );
  } finally {
    hasher.close();
  }
}

function layoutOf({ name, kind, format, date, columns }: TableSpec) {
  return [name, kind, format, date, columns.map(({ description: _, codeShape: __, ...column }) => column)];
}
