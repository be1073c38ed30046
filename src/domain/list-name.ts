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

const DECLARED = 'optOuts.lists.';

/** The name of a list of `optOuts.lists`: it holds identifiers. */
export function declaredListName(name: string): string {
  return `${DECLARED}${name}`;
}

/** The key under which the operator's record has the digest of a list; null where the digest needs none, or the list is not known. */
export function listKeyOf(name: string): 'linkage' | 'release' | null {
  if (name.startsWith(DECLARED)) return 'linkage';
  return Object.hasOwn(LIST_KEYS, name) ? LIST_KEYS[name as ListName] : null;
}
