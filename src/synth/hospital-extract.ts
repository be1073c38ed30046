import { type DateTable, renderDates } from './calendar.ts';
import type { ExtractFile } from './extract-file.ts';
import { DIAGNOSES, eightWide, NULL_DATE, PROCEDURES, startAge } from './hes-form.ts';
import { primaryDiagnoses, procedures, secondaryDiagnoses, setCodes } from './hospital-codes.ts';
import type { Household, Person } from './household.ts';
import type { Misrecorder, Recorded } from './misrecord.ts';
import { NumberSeries } from './number-series.ts';
import { Permutation } from './permutation.ts';
import type { Random } from './random.ts';
import type { RowBuffer } from './row-buffer.ts';
import { type Spell, SpellDraw } from './spell.ts';

const ADMISSION_METHODS: Readonly<Record<Spell['kind'], readonly string[]>> = {
  planned: ['11', '11', '12', '12', '12', '13'],
  emergency: ['21', '21', '21', '21', '21', '21', '22', '23', '24', '25', '28', '2A', '2B', '2C', '2D', '81'],
  dialysis: ['13'],
  delivery: ['31', '31', '31', '32'],
  birth: ['82'],
};

/** Status of a missing number (domain.md, 1); a baby under six weeks has its own. */
const MISSING_STATUS = ['03', '03', '04', '05', '06', '07'];
const POSTPONED_STATUS = '08';
const SIX_WEEKS_DAYS = 42;
const VERIFIED_SHARE = 0.95;

/** After one consultant episode another in the same spell, with this probability each time. */
const NEXT_EPISODE = 0.17;
const MOST_EPISODES = 6;
const ETHNICITY_NOT_STATED = 0.06;
const ETHNICITY_NOT_KNOWN = 0.03;
/** Practice unknown, not applicable, none (domain.md, 2). */
const UNKNOWN_PRACTICES = ['V81999', 'V81999', 'V81999', 'V81998', 'V81997'];
const UNKNOWN_PRACTICE_SHARE = 0.015;

/** A person's record at one trust: every episode there repeats it, including its errors. */
interface TrustRecord {
  readonly trust: number;
  readonly recorded: Recorded;
  readonly status: string;
  readonly ethnicity: string;
  readonly practice: string;
  readonly localPatientId: number;
}

/** The hospital extract, HES admitted patient care: one flat row for each episode, with identifiers on every row. */
export class HospitalExtract {
  private readonly files: { readonly episodes: ExtractFile; readonly truth: ExtractFile };
  private readonly misrecorder: Misrecorder;
  private readonly trusts: readonly string[];
  private readonly random: Random;
  private readonly spells: SpellDraw;
  private readonly localIds: Permutation;
  private readonly episodeKeys: NumberSeries;
  private readonly submissionIds: NumberSeries;
  private readonly dates: DateTable = renderDates('british');

  constructor(
    files: { readonly episodes: ExtractFile; readonly truth: ExtractFile },
    misrecorder: Misrecorder,
    runDay: number,
    trusts: readonly string[],
    random: Random,
  ) {
    this.files = files;
    this.misrecorder = misrecorder;
    this.trusts = trusts;
    this.random = random;
    this.spells = new SpellDraw(runDay, trusts.length, random);
    this.localIds = new Permutation(random);
    this.episodeKeys = new NumberSeries(500_000_000_000, random);
    this.submissionIds = new NumberSeries(20_000_000_000_000, random);
  }

  /** Writes all episodes of a household. */
  write(household: Household, practice: string): void {
    for (const [index, spells] of this.spells.drawAll(household).entries()) {
      const person = household.people[index]!;
      const records: TrustRecord[] = [];
      for (const spell of spells) {
        let record = records.find(({ trust }) => trust === spell.trust);
        if (record === undefined) {
          record = this.register(person, household, spell, practice);
          records.push(record);
        }
        this.writeSpell(person, spell, record);
      }
    }
  }

  private register(person: Person, household: Household, spell: Spell, practice: string): TrustRecord {
    const { random } = this;
    const recorded = this.misrecorder.record(person, household, 'hospital');
    const isNewborn = spell.admissionDay - person.birthDay < SIX_WEEKS_DAYS;
    const presentStatus = random.chance(VERIFIED_SHARE) ? '01' : '02';
    const missingStatus = isNewborn ? POSTPONED_STATUS : random.oneOf(MISSING_STATUS);
    const isEthnicityKnown = !random.chance(ETHNICITY_NOT_STATED + ETHNICITY_NOT_KNOWN);
    return {
      trust: spell.trust,
      recorded,
      status:
        recorded.nhsState === 'missing'
          ? missingStatus
          : recorded.nhsState === 'wrong'
            ? '02'
            : presentStatus,
      ethnicity: isEthnicityKnown ? person.ethnicCategory : random.chance(2 / 3) ? 'Z' : 'X',
      practice: random.chance(UNKNOWN_PRACTICE_SHARE) ? random.oneOf(UNKNOWN_PRACTICES) : practice,
      // A different range of the permutation for every trust: unique within it, unrelated between two.
      localPatientId: this.localIds.of(person.index + spell.trust * 7_654_321),
    };
  }

  private writeSpell(person: Person, spell: Spell, record: TrustRecord): void {
    const { random } = this;
    const isSingle = spell.kind === 'dialysis' || spell.kind === 'birth';
    const episodes = isSingle ? 1 : 1 + random.run(NEXT_EPISODE, MOST_EPISODES - 1);
    const nights = (spell.dischargeDay ?? spell.admissionDay) - spell.admissionDay;
    const admissionMethod = random.oneOf(ADMISSION_METHODS[spell.kind]);
    // Discharge method: 1 on advice, 4 died, 8 not applicable, because the spell is not over.
    const dischargeMethod = spell.isFatal ? '4' : spell.dischargeDay === undefined ? '8' : '1';
    for (let order = 1; order <= episodes; order++) {
      const startDay = spell.admissionDay + Math.floor((nights * (order - 1)) / episodes);
      const nextDay = spell.admissionDay + Math.floor((nights * order) / episodes);
      const row = this.files.episodes.buffer;
      row.startRow();
      this.writePatient(row, person, record);
      row.date(this.dates, spell.admissionDay);
      row.comma();
      this.writeDate(row, spell.dischargeDay);
      row.comma();
      row.date(this.dates, startDay);
      row.comma();
      this.writeDate(row, order < episodes ? nextDay : spell.dischargeDay);
      row.comma();
      row.ascii(admissionMethod);
      row.comma();
      row.ascii(dischargeMethod);
      row.comma();
      const episodeKey = this.episodeKeys.next();
      row.digits(episodeKey, 12);
      row.comma();
      row.integer(order);
      row.comma();
      if (record.recorded.birthDay !== undefined) row.ascii(startAge(record.recorded.birthDay, startDay));
      row.comma();
      this.writeDiagnoses(row, person, spell);
      this.writeProcedures(row, person, spell);
      row.ascii(record.recorded.lsoa);
      row.comma();
      row.integer(this.submissionIds.next());
      row.endRow();
      this.writeTruth(episodeKey, person);
    }
  }

  /** The identifying columns and those about the patient, FORENAME to GPPRAC. */
  private writePatient(row: RowBuffer, person: Person, record: TrustRecord): void {
    const { recorded } = record;
    row.token(person.forename.capitals);
    row.comma();
    row.token(person.surname.capitals);
    row.comma();
    row.ascii(recorded.nhsNumber);
    row.comma();
    row.ascii(record.status);
    row.comma();
    row.digits(record.localPatientId, 8);
    row.comma();
    row.ascii(eightWide(recorded.postcode));
    row.comma();
    this.writeDate(row, recorded.birthDay);
    row.comma();
    row.integer(recorded.sex);
    row.comma();
    row.ascii(record.ethnicity);
    row.comma();
    row.ascii(this.trusts[record.trust]!);
    row.comma();
    row.ascii(record.practice);
    row.comma();
  }

  private writeDate(row: RowBuffer, day: number | undefined): void {
    if (day === undefined) row.ascii(NULL_DATE);
    else row.date(this.dates, day);
  }

  /**
   * Twenty columns, each followed by its comma: the main diagnosis, then other diagnoses, more for the
   * old.
   */
  private writeDiagnoses(row: RowBuffer, person: Person, spell: Spell): void {
    const { random } = this;
    let written = 1;
    if (spell.kind === 'birth')
      row.token(spell.isOfTwins ? setCodes.twinBornInHospital : setCodes.bornInHospital);
    else if (spell.kind === 'delivery') {
      row.token(spell.isOfTwins ? setCodes.twinDelivery : setCodes.singleDelivery);
      row.comma();
      row.token(spell.isOfTwins ? setCodes.outcomeOfTwinDelivery : setCodes.outcomeOfDelivery);
      written++;
    } else if (spell.kind === 'dialysis') row.token(setCodes.dialysis);
    else row.token(primaryDiagnoses.draw(person, random).written);
    if (spell.kind === 'birth') {
      if (random.chance(0.08)) {
        row.comma();
        row.token(setCodes.prematurity);
        written++;
      }
    } else {
      for (let more = random.run(person.age < 40 ? 0.45 : 0.72, DIAGNOSES - written); more > 0; more--) {
        row.comma();
        row.token(secondaryDiagnoses.draw(person, random).written);
        written++;
      }
    }
    row.comma(DIAGNOSES - written + 1);
  }

  /** Twenty-four columns, each followed by its comma. */
  private writeProcedures(row: RowBuffer, person: Person, spell: Spell): void {
    const { random } = this;
    let count = 0;
    if (spell.kind === 'delivery' || spell.kind === 'dialysis') {
      row.token(spell.kind === 'delivery' ? setCodes.normalDelivery : setCodes.haemodialysis);
      row.comma();
      count = 1;
    } else if (spell.kind !== 'birth' && random.chance(spell.kind === 'planned' ? 0.85 : 0.35)) {
      for (count = 0; count < PROCEDURES && (count === 0 || random.chance(0.55)); count++) {
        row.token(procedures.draw(person, random).written);
        row.comma();
      }
    }
    row.comma(PROCEDURES - count);
  }

  private writeTruth(episodeKey: number, person: Person): void {
    const truth = this.files.truth.buffer;
    truth.startRow();
    truth.ascii('hospital_episodes,');
    truth.digits(episodeKey, 12);
    truth.comma();
    truth.integer(person.index + 1);
    truth.endRow();
  }
}
