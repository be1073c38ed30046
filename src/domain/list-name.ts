/**
 * The lists that decide what is released: the setting of the pipeline file that names each, and the key under which the
 * operator's record has its digest. Lists of identifiers have keyed digests: anybody could find the content behind a plain
 * digest of a short list by trying. Lists of codes have no such key.
 */
export const LIST_KEYS = {
  'release.sensitiveCodes': null,
  'optOuts.codeOverrides': null,
  'optOuts.lookAlikes': null,
  'optOuts.register': 'linkage',
  'optOuts.national': 'linkage',
  'link.ignorePostcodes': 'linkage',
  'link.supersededNumbers': 'linkage',
  canaries: 'release',
} as const satisfies Readonly<Record<string, 'linkage' | 'release' | null>>;

export type ListName = keyof typeof LIST_KEYS;

/** True of a list that the record may name. */
export function isListName(name: string): name is ListName {
  return Object.hasOwn(LIST_KEYS, name);
}
