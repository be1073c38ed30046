import { type DateTable, renderDates } from './calendar.ts';
import type { ExtractFile } from './extract-file.ts';
import { ALIVE, type Household, type Person } from './household.ts';
import type { Misrecorder } from './misrecord.ts';
import { NumberSeries } from './number-series.ts';
import { Permutation } from './permutation.ts';
import type { Random } from './random.ts';

export const COMMUNITY_PATIENTS_HEADER =
  'LocalPatientID,OrgID_Responsible,NHSNumber,NHSNumber_Status,FamilyName,GivenName,DateOfBirth,Postcode,Gender,EthnicCategory,DateOfDeath';
export const REFERRALS_HEADER =
  'ServiceRequestID,LocalPatientID,ReferralRequest_ReceivedDate,SourceOfReferral';
export const CONTACTS_HEADER =
  'CareContactID,ServiceRequestID,Contact_Date,Contact_Time,CareContact_Duration,AttendanceStatus';

export interface CommunityFiles {
  readonly patients: ExtractFile;
  readonly referrals: ExtractFile;
  readonly contacts: ExtractFile;
  readonly truth: ExtractFile;
}

/** Referrals reach back three years from the run day. */
const REFERRAL_WINDOW_DAYS = 1096;
/**
 * Share of people on a community caseload in the window, by lower age: health visiting, school nursing,
 * district nursing.
 */
const CASELOAD_SHARES: readonly (readonly [age: number, share: number])[] = [
  [85, 0.85],
  [75, 0.7],
  [65, 0.55],
  [40, 0.39],
  [18, 0.3],
  [5, 0.42],
  [0, 0.85],
];
/** The share of people on a caseload who are also registered at a second provider, under another local id. */
const SECOND_PROVIDER = 0.05;
const NEXT_REFERRAL = 0.25;
const MOST_REFERRALS = 8;
const NO_CONTACT = 0.12;
const NEXT_CONTACT = 0.645;
const MOST_CONTACTS = 60;
const LONGEST_CASE_DAYS = 240;
const NHS_VERIFIED_SHARE = 0.93;
const DEATH_RECORDED_SHARE = 0.8;
const UNSPACED_POSTCODE_SHARE = 0.3;

/**
 * Attended on time and late, did not attend, cancelled by patient, by provider, cancelled late
 * (AttendanceStatus).
 */
const ATTENDANCE = ['5', '5', '5', '5', '5', '5', '5', '5', '6', '7', '2', '4', '3'];
const REFERRAL_SOURCES = ['01', '01', '01', '04', '04', '06', '03', '12', '15', '18'];
const DURATIONS = [10, 15, 20, 20, 30, 30, 30, 40, 45, 60, 90];
const MISSING_STATUS = ['03', '04', '05', '07'];

/**
 * The community extract, in the layout of the Community Services Data Set: patients, referrals, care
 * contacts.
 */
export class CommunityExtract {
  private readonly files: CommunityFiles;
  private readonly misrecorder: Misrecorder;
  private readonly runDay: number;
  private readonly providers: readonly string[];
  private readonly random: Random;
  private readonly localIds: Permutation;
  private readonly requestIds: NumberSeries;
  private readonly contactIds: NumberSeries;
  private readonly dates: DateTable = renderDates('iso');

  constructor(
    files: CommunityFiles,
    misrecorder: Misrecorder,
    runDay: number,
    providers: readonly string[],
    random: Random,
  ) {
    this.files = files;
    this.misrecorder = misrecorder;
    this.runDay = runDay;
    this.providers = providers;
    this.random = random;
    this.localIds = new Permutation(random);
    this.requestIds = new NumberSeries(100_000_000, random);
    this.contactIds = new NumberSeries(1_000_000_000, random);
  }

  /** Writes all community records of a household. */
  write(household: Household): void {
    const { random } = this;
    const local = Math.floor(household.home.position * this.providers.length);
    for (const person of household.people) {
      const firstDay = Math.max(person.birthDay, this.runDay - REFERRAL_WINDOW_DAYS + 1);
      const lastDay = Math.min(this.runDay, person.deathDay);
      const share = CASELOAD_SHARES.find(([age]) => person.age >= age)![1];
      if (firstDay > lastDay || !random.chance(share)) continue;
      this.writeRegistration(person, household, local, firstDay, lastDay);
      if (!random.chance(SECOND_PROVIDER)) continue;
      this.writeRegistration(person, household, (local + 1) % this.providers.length, firstDay, lastDay);
    }
  }

  private writeRegistration(
    person: Person,
    household: Household,
    provider: number,
    firstDay: number,
    lastDay: number,
  ): void {
    // The provider's letter and eight digits of the person: unique, because nobody registers twice with one
    // provider.
    const localPatientId =
      String.fromCharCode(65 + provider) + (100_000_000 + this.localIds.of(person.index));
    this.writePatient(person, household, provider, localPatientId);
    const referrals = 1 + this.random.run(NEXT_REFERRAL, MOST_REFERRALS - 1);
    for (let nth = 0; nth < referrals; nth++) {
      this.writeReferral(localPatientId, this.random.between(firstDay, lastDay), lastDay);
    }
  }

  private writePatient(person: Person, household: Household, provider: number, localPatientId: string): void {
    const { random } = this;
    const recorded = this.misrecorder.record(person, household, 'community');
    const row = this.files.patients.buffer;
    row.startRow();
    row.ascii(localPatientId);
    row.comma();
    row.ascii(this.providers[provider]!);
    row.comma();
    row.ascii(recorded.nhsNumber);
    row.comma();
    // Both are drawn in any state, so that errors do not shift later draws.
    const missingStatus = random.oneOf(MISSING_STATUS);
    const isVerified = random.chance(NHS_VERIFIED_SHARE) && recorded.nhsState === 'right';
    row.ascii(recorded.nhsState === 'missing' ? missingStatus : isVerified ? '01' : '02');
    row.comma();
    row.token(person.surname.spelt);
    row.comma();
    row.token(person.forename.spelt);
    row.comma();
    if (recorded.birthDay !== undefined) row.date(this.dates, recorded.birthDay);
    row.comma();
    const { postcode } = recorded;
    row.ascii(random.chance(UNSPACED_POSTCODE_SHARE) ? postcode.replace(' ', '') : postcode);
    row.comma();
    row.ascii(recorded.sex === 0 ? 'X' : String(recorded.sex)); // X: not known
    row.comma();
    row.ascii(person.ethnicCategory);
    row.comma();
    if (person.deathDay !== ALIVE && random.chance(DEATH_RECORDED_SHARE))
      row.date(this.dates, person.deathDay);
    row.endRow();

    const truth = this.files.truth.buffer;
    truth.startRow();
    truth.ascii('community_patients,');
    truth.ascii(localPatientId);
    truth.comma();
    truth.integer(person.index + 1);
    truth.endRow();
  }

  private writeReferral(localPatientId: string, day: number, lastDay: number): void {
    const { random } = this;
    const requestId = this.requestIds.next();
    const row = this.files.referrals.buffer;
    row.startRow();
    row.ascii('SR');
    row.integer(requestId);
    row.comma();
    row.ascii(localPatientId);
    row.comma();
    row.date(this.dates, day);
    row.comma();
    row.ascii(random.oneOf(REFERRAL_SOURCES));
    row.endRow();
    if (random.chance(NO_CONTACT)) return;
    const lastContact = Math.min(lastDay, day + LONGEST_CASE_DAYS);
    const contacts = 1 + random.run(NEXT_CONTACT, MOST_CONTACTS - 1);
    for (let nth = 0; nth < contacts; nth++) this.writeContact(requestId, random.between(day, lastContact));
  }

  private writeContact(requestId: number, day: number): void {
    const { random } = this;
    const row = this.files.contacts.buffer;
    row.startRow();
    row.ascii('CC');
    row.integer(this.contactIds.next());
    row.ascii(',SR');
    row.integer(requestId);
    row.comma();
    row.date(this.dates, day);
    row.comma();
    row.digits(random.between(8, 17), 2); // clinics run from eight to six, in steps of five minutes
    row.ascii(':');
    row.digits(5 * random.below(12), 2);
    row.ascii(':00,');
    row.integer(random.oneOf(DURATIONS));
    row.comma();
    row.ascii(random.oneOf(ATTENDANCE));
    row.endRow();
  }
}
