import { civilDate, dayNumber, yearsBetween } from './calendar.ts';
import type { ErrorModel } from './error-model.ts';
import { ALIVE, type Birth, type EarlierHome, type Household, type Person } from './household.ts';
import { drawMembers, drawResident, type Member } from './household-members.ts';
import { drawDeathDay } from './mortality.ts';
import { drawForename, drawSurname, type Name } from './names.ts';
import type { NhsNumberSource } from './nhs-number-source.ts';
import { drawType1OptOut, drawType2OptOut } from './opt-out-draw.ts';
import type { Places } from './places.ts';
import { Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';

/** Share of households that are one resident of an institution: 1.2 % of people. */
const RESIDENT_SHARE = 0.029;
/**
 * Beyond chance: people registered on 1 January because nobody knows the day (domain.md, 3), so in every
 * source.
 */
const BORN_ON_FIRST_JANUARY = 0.004;
/**
 * Households with an address history, and of those the ones with a second earlier address (the last ten
 * years).
 */
const MOVED_SHARE = 0.135;
const MOVED_TWICE_SHARE = 0.2;
const DAYS_OF_HISTORY = 3650;
/** Births are looked for in the years that the hospital extract covers. */
const BIRTH_WINDOW_DAYS = 1826;
/** A pregnancy and a little: no two confinements of a woman are closer. */
const DAYS_BETWEEN_BIRTHS = 300;
const ETHNICITY_OF_HOUSEHOLD = 0.95;

/** The 16+1 ethnic categories with their share in per mille, after the 2021 census; Z is not stated. */
const ETHNIC_CATEGORIES =
  'A:700 B:10 C:60 D:8 E:4 F:8 G:7 H:30 J:26 K:11 L:16 M:10 N:24 P:5 R:7 S:20 Z:54'.split(' ');
const ethnicCodes = ETHNIC_CATEGORIES.map((entry) => entry.slice(0, 1));
const ethnicChoice = new WeightedChoice(ETHNIC_CATEGORIES.map((entry) => Number(entry.slice(2))));

/** The people, household by household, in a fixed order. */
export class Population {
  private readonly patients: number;
  private readonly runDay: number;
  private readonly errors: ErrorModel;
  private readonly places: Places;
  private readonly nhsNumbers: NhsNumberSource;
  private readonly random: Random;
  private readonly optOutRandom: Random;
  private peopleMade = 0;

  constructor(
    settings: {
      readonly patients: number;
      readonly seed: number;
      readonly runDay: number;
      readonly errors: ErrorModel;
    },
    places: Places,
    nhsNumbers: NhsNumberSource,
  ) {
    this.patients = settings.patients;
    this.runDay = settings.runDay;
    this.errors = settings.errors;
    this.places = places;
    this.nhsNumbers = nhsNumbers;
    this.random = new Random(settings.seed, 'population');
    this.optOutRandom = new Random(settings.seed, 'opt-outs');
  }

  /**
   * The next household, or undefined when all patients are made. The last may lack members, to end at the exact
   * number.
   */
  next(): Household | undefined {
    const { random } = this;
    const left = this.patients - this.peopleMade;
    if (left === 0) return undefined;
    const institution = random.chance(RESIDENT_SHARE) ? this.places.drawInstitution(random) : undefined;
    const members =
      institution === undefined
        ? drawMembers(random).slice(0, left)
        : [drawResident(institution.kind, random)];
    const home = institution?.home ?? this.places.drawHome(random);
    const people = this.nameAll(members);
    return {
      people,
      home,
      earlierHomes: this.drawEarlierHomes(),
      births: findBirths(people, members, this.runDay),
      laterHome: undefined,
    };
  }

  private nameAll(members: readonly Member[]): Person[] {
    const { random } = this;
    const surname = drawSurname(random);
    const ethnicCategory = ethnicCodes[ethnicChoice.pick(random)]!;
    const people: Person[] = [];
    for (const [nth, member] of members.entries()) {
      const before = people[nth - 1];
      const isChildAfterChild = member.role === 'child' && members[nth - 1]?.role === 'child';
      const birthDay =
        member.isTwin && before !== undefined
          ? before.birthDay
          : this.drawBirthDay(member.age, isChildAfterChild ? before : undefined);
      const deathDay = drawDeathDay(member.age, birthDay, this.runDay, random);
      const lastDay = Math.min(deathDay, this.runDay);
      people.push({
        index: this.peopleMade++,
        nhsNumber: this.nhsNumbers.next(),
        forename: this.drawNewForename(member, people),
        surname: member.sharesSurname ? surname : drawSurname(random),
        birthDay,
        deathDay,
        age: yearsBetween(birthDay, lastDay),
        sex: member.sex,
        ethnicCategory: random.chance(ETHNICITY_OF_HOUSEHOLD)
          ? ethnicCategory
          : ethnicCodes[ethnicChoice.pick(random)]!,
        type1OptOut: drawType1OptOut(birthDay, lastDay, this.errors, this.optOutRandom),
        type2OptOut: drawType2OptOut(birthDay, lastDay, this.errors, this.optOutRandom),
      });
    }
    return people;
  }

  /** @param younger the sibling before, who must have been born at least one pregnancy later */
  private drawBirthDay(age: number, younger: Person | undefined): number {
    const { random } = this;
    let day = this.runDay - Math.floor(age * 365.2425) - random.below(365);
    if (younger !== undefined)
      day = Math.min(day, younger.birthDay - DAYS_BETWEEN_BIRTHS - random.below(200));
    if (!random.chance(BORN_ON_FIRST_JANUARY)) return day;
    return dayNumber({ year: civilDate(day).year, month: 1, day: 1 });
  }

  /** Brothers and sisters, and twins above all, have different names; parent and child may share one. */
  private drawNewForename(member: Member, people: readonly Person[]): Name {
    const before = people[people.length - 1];
    let forename = drawForename(member.sex, this.random);
    while (forename === before?.forename) forename = drawForename(member.sex, this.random);
    return forename;
  }

  private drawEarlierHomes(): EarlierHome[] {
    const { random } = this;
    if (!random.chance(MOVED_SHARE)) return [];
    const homes: EarlierHome[] = [];
    let toDay = this.runDay - random.below(DAYS_OF_HISTORY);
    const count = random.chance(MOVED_TWICE_SHARE) ? 2 : 1;
    for (let nth = 0; nth < count; nth++) {
      const fromDay = toDay - 200 - random.below(3000);
      homes.push({ home: this.places.drawHome(random), fromDay, toDay });
      toDay = fromDay;
    }
    return homes;
  }
}

/** Recent births to the household's first woman, where she was alive and of an age for it. */
function findBirths(people: readonly Person[], members: readonly Member[], runDay: number): Birth[] {
  const births: Birth[] = [];
  for (const [nth, person] of people.entries()) {
    if (members[nth]!.role !== 'child' || person.birthDay < runDay - BIRTH_WINDOW_DAYS) continue;
    const last = births[births.length - 1];
    if (members[nth]!.isTwin && last !== undefined) {
      last.babies.push(person);
      continue;
    }
    const mother = people.find((other, index) => {
      const ageThen = yearsBetween(other.birthDay, person.birthDay);
      const isAlive = other.deathDay === ALIVE || other.deathDay > person.birthDay;
      return members[index]!.role === 'adult' && other.sex === 2 && ageThen >= 15 && ageThen <= 50 && isAlive;
    });
    births.push({ day: person.birthDay, babies: [person], mother });
  }
  return births;
}
