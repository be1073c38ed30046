/** The characteristics by which linkage rates are broken down, in the order in which they are shown. */
export const CHARACTERISTICS = ['sex', 'ageBand', 'ethnicCategory', 'area', 'deprivation'] as const;
export type Characteristic = (typeof CHARACTERISTICS)[number];

/** A value for each characteristic. */
export type ByCharacteristic<T> = Readonly<Record<Characteristic, T>>;

/** Their names in reports. */
export const CHARACTERISTIC_WORDS: ByCharacteristic<string> = {
  sex: 'sex',
  ageBand: 'age',
  ethnicCategory: 'ethnic category',
  area: 'area',
  deprivation: 'deprivation',
};

/** The values of these characteristics are as delivered. A rare value may be anything, so it is not shown. */
export const DELIVERED_CHARACTERISTICS: readonly Characteristic[] = ['ethnicCategory', 'area', 'deprivation'];

/** A column with more distinct values than this is not used as a characteristic. */
export const MOST_VALUES = 50;

const SEXES: Readonly<Record<string, string>> = { '1': 'male', '2': 'female' };

/** A value in the form in which it is shown. */
export function valueWords(characteristic: Characteristic, value: string): string {
  return characteristic === 'sex' ? (SEXES[value] ?? value) : value;
}

/** Sorts numbers by size and texts by the alphabet, with unknown values last. */
export function compareValues(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a.localeCompare(b, 'en-GB', { numeric: true });
}

/** The name of the group of rare values. */
const RARE = 'rare values together';

/** Groups of a delivered characteristic. Rare groups are merged into one, last and without their names. */
export function foldRare<Group extends { readonly value: string | null }>(
  groups: readonly Group[],
  isRare: (group: Group) => boolean,
  together: (rare: readonly Group[], value: string) => Group,
): readonly Group[] {
  const rare = groups.filter((one) => one.value !== null && isRare(one));
  return rare.length === 0 ? groups : [...groups.filter((one) => !rare.includes(one)), together(rare, RARE)];
}
