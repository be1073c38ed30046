import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ERRORS, synthesise } from './synthesise.ts';

const PATIENTS = 20_000;
const RUN_DATE = '2026-04-01';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'synth-truth-'));
  const settings = { patients: PATIENTS, seed: 7, runDate: RUN_DATE, errors: DEFAULT_ERRORS } as const;
  await synthesise({ ...settings, compress: 'none' }, root);
});
afterAll(() => rm(root, { recursive: true }));

/** Rows of a file by column name. Episodes hold no quotes, and are many columns: they are split without a parser. */
async function columns(path: string): Promise<Record<string, string>[]> {
  const text = await readFile(join(root, path), 'utf8');
  const split = (lines: string) =>
    lines
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
  const [names = [], ...rows] = text.includes('"') ? (parse(text) as string[][]) : split(text);
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]!])));
}

const plain = (number: string): string => number.replaceAll(' ', '');
const isoDate = (british: string): string => british.split('/').reverse().join('-');

/**
 * Whether a count fits a rate: within four standard deviations of a binomial draw, plus a little for small
 * counts.
 */
function expectRate(hits: number, trials: number, rate: number): void {
  const tolerance = 4 * Math.sqrt(trials * rate * (1 - rate)) + 3;
  expect(Math.abs(hits - trials * rate)).toBeLessThan(tolerance);
}

describe('the truth behind the extracts', () => {
  it('has true persons with valid, unique numbers', async () => {
    const persons = await columns('truth/persons.csv');
    expect(new Set(persons.map((person) => person['nhs_number'])).size).toBe(PATIENTS);
    for (const { nhs_number: number = '' } of persons) {
      const weighted = [...number].reduce((sum, digit, index) => sum + Number(digit) * (10 - index), 0);
      expect(/^9\d{9}$/.test(number) && weighted % 11 === 0).toBe(true);
    }
  });

  it('refers only to existing rows, and names every row once', async () => {
    const ids = async (path: string, name: string) => (await columns(path)).map((row) => row[name]!);
    const expectSubset = (some: string[], all: string[]) => {
      const known = new Set(all);
      expect(some.filter((id) => !known.has(id))).toEqual([]);
    };
    const patients = await ids('gp/patients.csv', 'patient_id');
    const locals = await ids('community/CYP001MPI.csv', 'LocalPatientID');
    const referrals = await ids('community/CYP101Referral.csv', 'ServiceRequestID');
    const contacts = await ids('community/CYP201CareContact.csv', 'CareContactID');
    const episodes = await ids('hospital/episodes.csv', 'EPIKEY');
    for (const unique of [patients, locals, referrals, contacts, episodes]) {
      expect(new Set(unique).size).toBe(unique.length);
    }
    expectSubset(await ids('gp/events.csv', 'patient_id'), patients);
    expectSubset(await ids('gp/addresses.csv', 'patient_id'), patients);
    expectSubset(await ids('community/CYP101Referral.csv', 'LocalPatientID'), locals);
    expectSubset(await ids('community/CYP201CareContact.csv', 'ServiceRequestID'), referrals);
    const named = await columns('truth/truth.csv');
    const namedOf = (table: string) =>
      named.filter((row) => row['table'] === table).map((row) => row['record_id']!);
    expect(namedOf('gp_patients').sort()).toEqual(patients.sort());
    expect(namedOf('hospital_episodes').sort()).toEqual(episodes.sort());
    expect(namedOf('community_patients').sort()).toEqual(locals.sort());
    expectSubset(
      named.map((row) => row['person']!),
      await ids('truth/persons.csv', 'person'),
    );
  });

  it('has no date after the run date, and no referral after its contact', async () => {
    const isPast = (rows: Record<string, string>[], names: string[], form = (date: string) => date) => {
      for (const name of names) expect(rows.filter((row) => form(row[name]!) > RUN_DATE)).toEqual([]);
    };
    isPast(await columns('gp/patients.csv'), ['date_of_birth', 'date_of_death'], isoDate);
    isPast(await columns('gp/addresses.csv'), ['from_date', 'to_date'], isoDate);
    isPast(await columns('gp/events.csv'), ['effective_date', 'recorded_date'], isoDate);
    const episodeDates = ['DOB', 'ADMIDATE', 'DISDATE', 'EPISTART', 'EPIEND'];
    isPast(await columns('hospital/episodes.csv'), episodeDates, isoDate);
    isPast(await columns('community/CYP001MPI.csv'), ['DateOfBirth', 'DateOfDeath']);
    const referrals = await columns('community/CYP101Referral.csv');
    isPast(referrals, ['ReferralRequest_ReceivedDate']);
    const contacts = await columns('community/CYP201CareContact.csv');
    isPast(contacts, ['Contact_Date']);
    isPast(await columns('opt-outs/register.csv'), ['date']);
    const received = new Map(
      referrals.map((row) => [row['ServiceRequestID'], row['ReferralRequest_ReceivedDate']!]),
    );
    const early = contacts.filter((row) => row['Contact_Date']! < received.get(row['ServiceRequestID'])!);
    expect(early).toEqual([]);
  });

  it('has errors at the rates of the model', async () => {
    const persons = new Map((await columns('truth/persons.csv')).map((person) => [person['person'], person]));
    const truth = new Map((await columns('truth/truth.csv')).map((row) => [row['record_id'], row['person']]));
    const placeholders = /^(\d)\1{9}$|^9000000009$/;

    const community = await columns('community/CYP001MPI.csv');
    const sets = community.length;
    const personOf = (row: Record<string, string>, key: string) => persons.get(truth.get(row[key]))!;
    const isMissing = (number: string) => number === '' || placeholders.test(number);
    const present = community.filter((row) => !isMissing(row['NHSNumber']!));
    expectRate(sets - present.length, sets, DEFAULT_ERRORS.nhsMissing.community);
    const wrong = present.filter(
      (row) => plain(row['NHSNumber']!) !== personOf(row, 'LocalPatientID')['nhs_number'],
    );
    expectRate(wrong.length, sets, DEFAULT_ERRORS.nhsMistyped.community + DEFAULT_ERRORS.swappedInHousehold);
    const written334 = present.filter((row) => row['NHSNumber']!.includes(' '));
    expectRate(written334.length, present.length, DEFAULT_ERRORS.nhsSpaced);
    const sexes = community.filter((row) => row['Gender'] !== personOf(row, 'LocalPatientID')['sex']);
    expectRate(sexes.length, sets, DEFAULT_ERRORS.sexMiscoded);
    const undated = community.filter((row) => row['DateOfBirth'] === '');
    expectRate(undated.length, sets, DEFAULT_ERRORS.birthDateMissing);
    const misdated = community.filter(
      (row) =>
        row['DateOfBirth'] !== '' && row['DateOfBirth'] !== personOf(row, 'LocalPatientID')['date_of_birth'],
    );
    // About 0.36 of birth dates can be swapped: the day is 12 or less and not the month.
    expectRate(misdated.length, sets, 0.008 + 0.002 * 0.36 + 0.004);
    const pseudo = community.filter((row) => row['Postcode']!.startsWith('ZZ99'));
    expectRate(pseudo.length, sets, DEFAULT_ERRORS.postcodePseudo);
    const elsewhere = community.filter(
      (row) => plain(row['Postcode']!) !== personOf(row, 'LocalPatientID')['postcode'],
    );
    expectRate(elsewhere.length, sets, 1 - 0.9 * 0.995 * 0.995);

    // Each patient of a hospital is one record set, regardless of the number of episodes.
    const records = new Map<string, Record<string, string>>();
    for (const row of await columns('hospital/episodes.csv'))
      records.set(`${row['PROCODE']}|${row['LOPATID']}`, row);
    const trusts = [...records.values()];
    const unnumbered = trusts.filter((row) => isMissing(row['NEWNHSNO']!));
    expectRate(unnumbered.length, trusts.length, DEFAULT_ERRORS.nhsMissing.hospital);
    const mistaken = trusts.filter(
      (row) =>
        !isMissing(row['NEWNHSNO']!) && plain(row['NEWNHSNO']!) !== personOf(row, 'EPIKEY')['nhs_number'],
    );
    expectRate(
      mistaken.length,
      trusts.length,
      DEFAULT_ERRORS.nhsMistyped.hospital + DEFAULT_ERRORS.swappedInHousehold,
    );

    const gp = await columns('gp/patients.csv');
    expect(gp.filter((row) => row['nhs_number'] === '')).toEqual([]);
    const moved = gp.filter(
      (row) => plain(row['postcode']!).toUpperCase() !== personOf(row, 'patient_id')['postcode'],
    );
    expectRate(moved.length, PATIENTS, 0.1 * (0.1 + 0.005 + 0.005));
  });

  it('records opt-outs in the register and in coded events as the truth says', async () => {
    const persons = await columns('truth/persons.csv');
    const register = await columns('opt-outs/register.csv');
    const { withdrawnShare, type1, type2, codedOptOutShare } = DEFAULT_ERRORS;
    const ofType = (wanted: RegExp, event: string) =>
      register.filter((row) => wanted.test(row['type']!) && row['event'] === event);
    expectRate(ofType(/^1$/, 'registered').length, PATIENTS, type1 * (1 - codedOptOutShare));
    expect(ofType(/^(2|national)$/, 'registered').length / PATIENTS).toBeCloseTo(type2 * 0.78, 2);
    const registered = ofType(/./, 'registered').length;
    expectRate(ofType(/./, 'withdrawn').length, registered, withdrawnShare);
    for (const row of register) {
      expect(row['type'] === 'national' ? row['date']! >= '2018-05-25' : row['date'] !== '').toBe(true);
      expect(row['type'] === '2' && row['event'] === 'registered' ? row['date']! < '2018-05-25' : true).toBe(
        true,
      );
    }

    // Replay every event, by number; the latest wins.
    const truth = new Map(
      (await columns('truth/truth.csv')).map((row) => [row['record_id'], row['person']!]),
    );
    const numberOf = new Map(persons.map((person) => [person['person'], person['nhs_number']!]));
    const events = register.map((row) => ({
      key: `${plain(row['nhs_number']!)} ${row['type'] === '1' ? 1 : 2}`,
      isDissent: row['event'] === 'registered',
      date: row['date']!,
    }));
    const codes: Record<string, [type: number, isDissent: boolean]> = {
      ...{ '827241000000103': [1, true], '9Nu0': [1, true], XaZ89: [1, true] },
      ...{ '827261000000102': [1, false], '9Nu1': [1, false], XaZ8A: [1, false] },
      ...{ '881561000000100': [2, true], '9Nu4': [2, true], XaaVL: [2, true] },
      ...{ '881581000000109': [2, false], '9Nu5': [2, false], XaaVM: [2, false] },
    };
    for (const row of await columns('gp/events.csv')) {
      const written = row['snomed_concept_id'] || row['readv2_code'] || row['ctv3_code']!;
      const meaning = codes[written.replace(/\.$/, '')];
      if (meaning === undefined) continue;
      const number = numberOf.get(truth.get(row['patient_id']))!;
      events.push({
        key: `${number} ${meaning[0]}`,
        isDissent: meaning[1],
        date: isoDate(row['effective_date']!),
      });
    }
    const inForce = new Set<string>();
    for (const { key, isDissent } of events.toSorted((a, b) => (a.date < b.date ? -1 : 1))) {
      if (isDissent) inForce.add(key);
      else inForce.delete(key);
    }
    const expected = persons.flatMap((person) => [
      ...(person['type1_opted_out'] === 'true' ? [`${person['nhs_number']} 1`] : []),
      ...(person['type2_opted_out'] === 'true' ? [`${person['nhs_number']} 2`] : []),
    ]);
    expect([...inForce].sort()).toEqual(expected.sort());
    expect(events.length - register.length).toBeGreaterThan(150);
  });
});
