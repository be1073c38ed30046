import { type DateTable, renderDates } from './calendar.ts';
import type { ExtractFile } from './extract-file.ts';
import { type Concept, concepts, drawOptOutCode } from './gp-codes.ts';
import { ALIVE, type Household, type OptOut, type Person } from './household.ts';
import type { Misrecorder } from './misrecord.ts';
import { drawTitle } from './names.ts';
import { writeNote } from './note.ts';
import { Permutation } from './permutation.ts';
import type { Random } from './random.ts';
import type { RowBuffer } from './row-buffer.ts';

export const GP_PATIENTS_HEADER =
  'patient_id,nhs_number,title,forename,surname,date_of_birth,gender,address,postcode,lsoa,ethnic_category,practice_code,telephone,date_of_death';
export const GP_ADDRESSES_HEADER = 'patient_id,address,postcode,from_date,to_date';
export const GP_EVENTS_HEADER =
  'patient_id,effective_date,recorded_date,snomed_concept_id,readv2_code,ctv3_code,value,unit,note';

export interface GpFiles {
  readonly patients: ExtractFile;
  readonly addresses: ExtractFile;
  readonly events: ExtractFile;
  readonly truth: ExtractFile;
}

/** Events reach back two years from the run day, or from death. */
const EVENT_WINDOW_DAYS = 730;
/**
 * Events a patient, by age in bands of ten years; people differ by the factors below. About 3.2 on average.
 */
const EVENTS_BY_DECADE = [2.4, 1.5, 1.9, 2.2, 2.6, 3.3, 4.4, 5.8, 6.8, 7.0, 7.0];
const EVENT_FACTORS = [0, 0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.5, 2, 3, 4.4];

/**
 * A recorded day later than the day it happened: for a scanned letter or a certified death. At most this long after a
 * death.
 */
const LATE_SHARE = 0.15;
const LONGEST_DELAY_DAYS = 28;
const GRACE_AFTER_DEATH_DAYS = 3; // domain.md, 5
const LEGACY_CODES_SHARE = 0.6;
const DEATH_RECORDED_SHARE = 0.98;
const TELEPHONE_SHARE = 0.9;
/** Postcodes not written with one space: without it, or in lower case. */
const UNUSUAL_POSTCODE_SHARE = 0.04;

const FIRST_PATIENT_ID = 1_000_000_000;

/** The general practice's extract: registration, address history, coded events. One registration for each person. */
export class GpExtract {
  private readonly files: GpFiles;
  private readonly misrecorder: Misrecorder;
  private readonly runDay: number;
  private readonly practices: readonly string[];
  private readonly random: Random;
  private readonly patientIds: Permutation;
  private readonly dates: DateTable = renderDates('british');

  constructor(
    files: GpFiles,
    misrecorder: Misrecorder,
    runDay: number,
    practices: readonly string[],
    random: Random,
  ) {
    this.files = files;
    this.misrecorder = misrecorder;
    this.runDay = runDay;
    this.practices = practices;
    this.random = random;
    this.patientIds = new Permutation(random);
  }

  /** Writes all GP records of a household. */
  write(household: Household, practice: string): void {
    for (const person of household.people) {
      const patientId = FIRST_PATIENT_ID + this.patientIds.of(person.index);
      this.writePatient(person, household, patientId, practice);
      this.writeAddresses(person, household, patientId);
      this.writeEvents(person, patientId, household.home.postcode);
    }
  }

  /** The practice a household registers with: one of the two nearest. */
  choosePractice(household: Household): string {
    const nearest = Math.floor(household.home.position * this.practices.length);
    return this.practices[Math.min(this.practices.length - 1, nearest + this.random.below(2))]!;
  }

  private writePatient(person: Person, household: Household, patientId: number, practice: string): void {
    const { random } = this;
    const recorded = this.misrecorder.record(person, household, 'gp');
    const row = this.files.patients.buffer;
    row.startRow();
    row.integer(patientId);
    row.comma();
    row.ascii(recorded.nhsNumber);
    row.comma();
    row.token(drawTitle(person.sex, person.age, random));
    row.comma();
    row.token(person.forename.spelt);
    row.comma();
    row.token(person.surname.spelt);
    row.comma();
    if (recorded.birthDay !== undefined) row.date(this.dates, recorded.birthDay);
    row.comma();
    row.ascii(recorded.sex === 1 ? 'M' : recorded.sex === 2 ? 'F' : recorded.sex === 9 ? 'I' : 'U');
    row.ascii(',"');
    row.ascii(recorded.address);
    row.ascii('",');
    row.ascii(this.writePostcode(recorded.postcode));
    row.comma();
    row.ascii(recorded.lsoa);
    row.comma();
    row.ascii(person.ethnicCategory);
    row.comma();
    row.ascii(practice);
    row.comma();
    this.writeTelephone(row);
    row.comma();
    if (person.deathDay !== ALIVE && random.chance(DEATH_RECORDED_SHARE))
      row.date(this.dates, person.deathDay);
    row.endRow();

    const truth = this.files.truth.buffer;
    truth.startRow();
    truth.ascii('gp_patients,');
    truth.integer(patientId);
    truth.comma();
    truth.integer(person.index + 1);
    truth.endRow();
  }

  private writePostcode(postcode: string): string {
    if (!this.random.chance(UNUSUAL_POSTCODE_SHARE)) return postcode;
    return this.random.chance(0.7) ? postcode.replace(' ', '') : postcode.toLowerCase();
  }

  /** A number from the ranges that the regulator reserves for drama: 07700 900xxx and 01632 960xxx. */
  private writeTelephone(row: RowBuffer): void {
    const { random } = this;
    if (!random.chance(TELEPHONE_SHARE)) return;
    row.ascii(random.chance(0.8) ? '07700 900' : '01632 960');
    row.digits(random.below(1000), 3);
  }

  /** Earlier homes only, latest first, and only the time after birth. */
  private writeAddresses(person: Person, household: Household, patientId: number): void {
    for (const { home, fromDay, toDay } of household.earlierHomes) {
      if (person.birthDay >= toDay || person.deathDay <= toDay) continue;
      const row = this.files.addresses.buffer;
      row.startRow();
      row.integer(patientId);
      row.ascii(',"');
      row.ascii(home.address);
      row.ascii('",');
      row.ascii(home.postcode);
      row.comma();
      row.date(this.dates, Math.max(fromDay, person.birthDay));
      row.comma();
      row.date(this.dates, toDay);
      row.endRow();
    }
  }

  private writeEvents(person: Person, patientId: number, postcode: string): void {
    const { random } = this;
    const lastDay = Math.min(this.runDay, person.deathDay);
    const firstDay = Math.max(person.birthDay, lastDay - EVENT_WINDOW_DAYS + 1);
    const mean = EVENTS_BY_DECADE[Math.min(10, Math.floor(person.age / 10))]!;
    const expected = mean * random.oneOf(EVENT_FACTORS);
    const count = Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0);
    for (let nth = 0; nth < count; nth++) {
      const concept = concepts.draw(person, random);
      const row = this.startEvent(person, patientId, random.between(firstDay, lastDay));
      row.token(random.chance(LEGACY_CODES_SHARE) ? concept.withLegacy : concept.inSnomed);
      row.comma();
      this.writeValue(row, concept);
      row.comma();
      writeNote(row, person, postcode, random);
      row.endRow();
    }
    this.writeOptOutEvents(person.type1OptOut, person, patientId);
    this.writeOptOutEvents(person.type2OptOut, person, patientId);
  }

  private writeOptOutEvents(optOut: OptOut | undefined, person: Person, patientId: number): void {
    if (!optOut?.isCoded) return;
    const { registeredDay, withdrawnDay } = optOut;
    const registered = this.startEvent(person, patientId, registeredDay);
    registered.ascii(drawOptOutCode(optOut.type, 'registered', this.random));
    registered.comma(3);
    registered.endRow();
    if (withdrawnDay === undefined) return;
    const withdrawn = this.startEvent(person, patientId, withdrawnDay);
    withdrawn.ascii(drawOptOutCode(optOut.type, 'withdrawn', this.random));
    withdrawn.comma(3);
    withdrawn.endRow();
  }

  /** Patient and both dates of an event, up to where its codes begin. */
  private startEvent(person: Person, patientId: number, day: number): RowBuffer {
    const { random } = this;
    const latest = Math.min(this.runDay, person.deathDay + GRACE_AFTER_DEATH_DAYS);
    const delay = random.chance(LATE_SHARE) ? random.below(LONGEST_DELAY_DAYS) : 0;
    const row = this.files.events.buffer;
    row.startRow();
    row.integer(patientId);
    row.comma();
    row.date(this.dates, day);
    row.comma();
    row.date(this.dates, Math.min(day + delay, latest));
    row.comma();
    return row;
  }

  /** Value and unit, with the comma between. */
  private writeValue(row: RowBuffer, { measurement }: Concept): void {
    if (measurement === undefined) {
      row.comma();
      return;
    }
    const { low, high, decimals, unit } = measurement;
    const scale = decimals === 1 ? 10 : 1;
    const value = this.random.between(Math.round(low * scale), Math.round(high * scale));
    row.integer(Math.floor(value / scale));
    if (decimals === 1) {
      row.ascii('.');
      row.digits(value % 10, 1);
    }
    row.comma();
    row.ascii(unit);
  }
}
