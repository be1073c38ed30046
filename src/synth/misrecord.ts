import { civilDate, dayNumber, daysInMonth } from './calendar.ts';
import type { ErrorModel, Source } from './error-model.ts';
import type { Household, Person } from './household.ts';
import type { Places } from './places.ts';
import type { Random } from './random.ts';
import { slip, slipInPostcode } from './typing-slip.ts';

/** A person as one source has them: one record set. */
export interface Recorded {
  /** As written; empty or a placeholder when missing. */
  readonly nhsNumber: string;
  readonly nhsState: 'right' | 'wrong' | 'missing';
  /** Undefined when missing. */
  readonly birthDay: number | undefined;
  /** 0 not known, 9 not specified. */
  readonly sex: 0 | 1 | 2 | 9;
  /** Single-space form. */
  readonly postcode: string;
  /** The one-line address that goes with it. */
  readonly address: string;
  /** Empty with a pseudo-postcode. */
  readonly lsoa: string;
}

/** Placeholders that pass the check digit and mean "missing" (domain.md, 1). */
const NHS_PLACEHOLDERS = ['0000000000', '9999999999', '9999999999', '1111111111', '9000000009'];

/**
 * Pseudo-postcodes in rough order of frequency (domain.md, 2): no fixed abode, not known, not known,
 * overseas.
 */
const PSEUDO_POSTCODES = ['ZZ99 3VZ', 'ZZ99 3VZ', 'ZZ99 3WZ', 'ZZ99 3WZ', 'ZZ99 3CZ', 'ZZ99 3GZ', 'ZZ99 6HZ'];

/** Earliest birth year a wrong year may give: earlier dates are not valid at all (domain.md, 3). */
const EARLIEST_YEAR = 1895;

/** Records people as sources do, with the errors of the model. */
export class Misrecorder {
  private readonly errors: ErrorModel;
  private readonly places: Places;
  private readonly runDay: number;
  private readonly random: Random;

  /** @param runDay no birth date, however wrong, is later */
  constructor(errors: ErrorModel, places: Places, runDay: number, random: Random) {
    this.errors = errors;
    this.places = places;
    this.runDay = runDay;
    this.random = random;
  }

  /** Draws one record set; every rate of the error model applies once. */
  record(person: Person, household: Household, source: Source): Recorded {
    const { errors, random } = this;
    const factor = source === 'gp' ? errors.gpFactor : 1;
    const birthDay = random.chance(errors.birthDateMissing * factor)
      ? undefined
      : this.misrecordBirthDay(person.birthDay, factor);
    let home = household.home;
    if (random.chance(errors.postcodeMoved * factor)) {
      home = this.otherHome(household);
    }
    let postcode = home.postcode;
    if (random.chance(errors.postcodeMistyped * factor)) postcode = slipInPostcode(postcode, random);
    const isPseudo = random.chance(errors.postcodePseudo * factor);
    if (isPseudo) postcode = random.oneOf(PSEUDO_POSTCODES);
    return {
      ...this.recordNhsNumber(person, household, source, factor),
      birthDay,
      sex: random.chance(errors.sexMiscoded * factor) ? this.misrecordSex(person.sex) : person.sex,
      postcode,
      address: home.address,
      lsoa: isPseudo ? '' : home.lsoa,
    };
  }

  /** A correct number as written: ten digits, or sometimes 3-3-4 with spaces. */
  writeNhsNumber(digits: string): string {
    if (!this.random.chance(this.errors.nhsSpaced)) return digits;
    return `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`;
  }

  private recordNhsNumber(
    person: Person,
    household: Household,
    source: Source,
    factor: number,
  ): Pick<Recorded, 'nhsNumber' | 'nhsState'> {
    const { errors, random } = this;
    if (random.chance(errors.nhsMissing[source])) {
      const hasPlaceholder = random.chance(errors.missingAsPlaceholder);
      return { nhsNumber: hasPlaceholder ? random.oneOf(NHS_PLACEHOLDERS) : '', nhsState: 'missing' };
    }
    const { people } = household;
    if (people.length > 1 && random.chance(errors.swappedInHousehold * factor)) {
      const index = people.indexOf(person);
      const other = people[(index + 1 + random.below(people.length - 1)) % people.length]!;
      return { nhsNumber: this.writeNhsNumber(other.nhsNumber), nhsState: 'wrong' };
    }
    if (random.chance(errors.nhsMistyped[source])) {
      return { nhsNumber: this.writeNhsNumber(slip(person.nhsNumber, random)), nhsState: 'wrong' };
    }
    return { nhsNumber: this.writeNhsNumber(person.nhsNumber), nhsState: 'right' };
  }

  private misrecordBirthDay(birthDay: number, factor: number): number {
    const { errors, random } = this;
    let recorded = birthDay;
    if (random.chance(errors.birthDateWrongPart * factor)) recorded = this.changeOnePart(recorded);
    if (random.chance(errors.birthDateSwapped * factor)) recorded = this.swapDayAndMonth(recorded);
    if (random.chance(errors.birthDateFirstJanuary * factor)) {
      recorded = dayNumber({ year: civilDate(recorded).year, month: 1, day: 1 });
    }
    return recorded;
  }

  /** Another year, month or day; the other two parts stay (a day is tried again where the month lacks it). */
  private changeOnePart(birthDay: number): number {
    const { random } = this;
    const { year, month, day } = civilDate(birthDay);
    for (;;) {
      const part = random.below(3);
      const changed = {
        year: part === 0 ? year + random.oneOf([-10, -9, -2, -1, 1, 2, 9, 10]) : year,
        month: part === 1 ? 1 + ((month + random.below(11)) % 12) : month,
        day: part === 2 ? 1 + random.below(daysInMonth(year, month)) : day,
      };
      const isRealDate =
        changed.year >= EARLIEST_YEAR && changed.day <= daysInMonth(changed.year, changed.month);
      if (!isRealDate) continue;
      const number = dayNumber(changed);
      if (number !== birthDay && number <= this.runDay) return number;
    }
  }

  private swapDayAndMonth(birthDay: number): number {
    const { year, month, day } = civilDate(birthDay);
    if (day > 12) return birthDay;
    const swapped = dayNumber({ year, month: day, day: month });
    return swapped <= this.runDay ? swapped : birthDay;
  }

  private misrecordSex(sex: 1 | 2): Recorded['sex'] {
    if (this.random.chance(2 / 3)) return sex === 1 ? 2 : 1;
    return this.random.chance(0.5) ? 0 : 9;
  }

  /** An earlier home for half of those who have one; else the later home, the same one in every source. */
  private otherHome(household: Household) {
    const { earlierHomes } = household;
    if (earlierHomes.length > 0 && this.random.chance(0.5)) return this.random.oneOf(earlierHomes).home;
    household.laterHome ??= this.places.drawHome(this.random);
    return household.laterHome;
  }
}
