import type { Sex } from './household.ts';
import type { InstitutionKind } from './places.ts';
import type { Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';

/** Someone in a household, before they are given a name, a birthday and a number. */
export interface Member {
  /** Completed years at the run date, had they lived. */
  readonly age: number;
  readonly sex: Sex;
  readonly role: 'adult' | 'child';
  /** Has the first member's surname. */
  readonly sharesSurname: boolean;
  /** Born with the member before. */
  readonly isTwin: boolean;
}

/**
 * Kinds of household with their share of households, after the 2021 census's household composition in round
 * figures (30 % one person, 33 % couples without children, 20 % with, the rest lone parents, sharers, three
 * generations). They give 2.4 people a household, 23 % of people under 18 and 19 % of 65 or over.
 */
const KINDS = {
  singleAdult: 16,
  singleElder: 14,
  couple: 21,
  elderCouple: 12,
  family: 20,
  loneParent: 8,
  sharers: 4,
  threeGenerations: 5,
} as const;
type Kind = keyof typeof KINDS;
const kindNames = Object.keys(KINDS) as Kind[];
const kindChoice = new WeightedChoice(Object.values(KINDS));

/** Families have one to four children in these proportions. */
const childCountChoice = new WeightedChoice([43, 41, 12, 4]);

const PARTNER_OF_SAME_SEX = 0.02;
const PARTNER_SHARES_SURNAME = 0.8;
/** Per child after the first: about 1.5 % of confinements are of twins. */
const TWIN_SHARE = 0.03;
/** A third of twins are identical; half of the rest are of the same sex anyway. */
const TWIN_OF_SAME_SEX = 2 / 3;
const OLDEST_CHILD_AT_HOME = 25;
const OLDEST_YOUNGEST_CHILD = 16;

/** Draws one household's members, one to six; the first names it, and children follow youngest first. */
export function drawMembers(random: Random): Member[] {
  switch (kindNames[kindChoice.pick(random)]!) {
    case 'singleAdult':
      return [adult(random.between(19, 66), random.chance(0.57) ? 1 : 2)];
    case 'singleElder':
      return [adult(elderAge(random), random.chance(0.63) ? 2 : 1)];
    case 'couple':
      return couple(random.between(24, 66), random);
    case 'elderCouple':
      return couple(elderAge(random), random);
    case 'family':
      return withChildren(couple(random.between(23, 56), random), 1 + childCountChoice.pick(random), random);
    case 'loneParent':
      return withChildren(
        [adult(random.between(20, 54), random.chance(0.85) ? 2 : 1)],
        random.between(1, 3),
        random,
      );
    case 'sharers':
      return Array.from({ length: random.between(2, 5) }, () => ({
        ...adult(random.between(18, 36), drawSex(random)),
        sharesSurname: false,
      }));
    case 'threeGenerations': {
      const parents = couple(random.between(28, 50), random);
      const grandparent = adult(
        Math.min(99, parents[0]!.age + random.between(22, 38)),
        random.chance(0.7) ? 2 : 1,
      );
      return withChildren([...parents, grandparent], random.between(1, 2), random);
    }
  }
}

/** The one member of an institutional household. */
export function drawResident(kind: InstitutionKind, random: Random): Member {
  switch (kind) {
    case 'prison':
      return adult(18 + random.below(28) + random.below(25), random.chance(0.96) ? 1 : 2);
    case 'halls':
      return adult(random.between(18, 22), drawSex(random));
    case 'care home':
      return adult(random.between(72, 100), random.chance(0.68) ? 2 : 1);
  }
}

function adult(age: number, sex: Sex): Member {
  return { age, sex, role: 'adult', sharesSurname: true, isTwin: false };
}

function couple(age: number, random: Random): Member[] {
  const first = adult(age, drawSex(random));
  const otherSex = first.sex === 1 ? 2 : 1;
  const second = adult(
    Math.max(18, Math.min(100, age + random.between(-5, 5))),
    random.chance(PARTNER_OF_SAME_SEX) ? first.sex : otherSex,
  );
  return [first, { ...second, sharesSurname: random.chance(PARTNER_SHARES_SURNAME) }];
}

/** The smaller of two draws, from 65 to 98: a few are very old. */
function elderAge(random: Random): number {
  return 65 + Math.min(random.below(34), random.below(34));
}

function withChildren(members: Member[], count: number, random: Random): Member[] {
  const youngestAdult = Math.min(...members.map((member) => member.age));
  let age = youngestAdult - random.between(20, 36);
  if (age < 0) age = random.below(6); // born when the parent was younger than drawn
  if (age > OLDEST_YOUNGEST_CHILD) age = random.between(6, OLDEST_YOUNGEST_CHILD); // or older
  for (let nth = 0; nth < count; nth++) {
    const elder = members[members.length - 1]!;
    const isTwin = nth > 0 && random.chance(TWIN_SHARE);
    if (nth > 0 && !isTwin) age += random.between(1, 4);
    if (age > Math.min(OLDEST_CHILD_AT_HOME, youngestAdult - 16)) break;
    const sex = isTwin && random.chance(TWIN_OF_SAME_SEX) ? elder.sex : drawSex(random);
    members.push({ age, sex, role: 'child', sharesSurname: true, isTwin });
  }
  return members;
}

/** 51.2 % of births are boys; the old and the lone parents are more often women. */
function drawSex(random: Random): Sex {
  return random.chance(0.512) ? 1 : 2;
}
