/** What people are told apart by in figures on linkage, in the order in which they are shown. */
export const CHARACTERISTICS = ['sex', 'ageBand', 'ethnicCategory', 'area', 'deprivation'] as const;
export type Characteristic = (typeof CHARACTERISTICS)[number];

/** What something is of each characteristic. */
export type ByCharacteristic<T> = Readonly<Record<Characteristic, T>>;

/** Their names in reports. */
export const CHARACTERISTIC_WORDS: ByCharacteristic<string> = {
  sex: 'sex',
  ageBand: 'age',
  ethnicCategory: 'ethnic category',
  area: 'area',
  deprivation: 'deprivation',
};

/** Values of these are as they were delivered: a rare one may be anything, so that it is not shown. */
export const DELIVERED_CHARACTERISTICS: readonly Characteristic[] = ['ethnicCategory', 'area', 'deprivation'];

/** A column of more values than these is no way to tell people apart. */
export const MOST_VALUES = 50;

const SEXES: Readonly<Record<string, string>> = { '1': 'male', '2': 'female' };

/** A value as it is shown. */
export function valueWords(characteristic: Characteristic, value: string): string {
  return characteristic === 'sex' ? (SEXES[value] ?? value) : value;
}

/** Numbers in their order, texts in theirs, and what is not known last. */
export function compareValues(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a.localeCompare(b, 'en-GB', { numeric: true });
}

/** Under this name rare values stand together. */
const RARE = 'rare values together';

/** Groups of a delivered characteristic: those that are rare become one, behind the others and without their names. */
export function foldRare<Group extends { readonly value: string | null }>(
  groups: readonly Group[],
  isRare: (group: Group) => boolean,
  together: (rare: readonly Group[], value: string) => Group,
): readonly Group[] {
  const rare = groups.filter((one) => one.value !== null && isRare(one));
  return rare.length === 0 ? groups : [...groups.filter((one) => !rare.includes(one)), together(rare, RARE)];
}
