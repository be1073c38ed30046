import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ERRORS, type SynthSettings, type SynthSummary, synthesise } from './synthesise.ts';

const PATIENTS = 12_000;
const settings: SynthSettings = {
  patients: PATIENTS,
  seed: 7,
  runDate: '2026-04-01',
  errors: DEFAULT_ERRORS,
  compress: 'none',
};

let root: string;
let summary: SynthSummary;
const progress: number[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'synth-'));
  summary = await synthesise(settings, join(root, 'big'), (done) => progress.push(done));
});
afterAll(() => rm(root, { recursive: true }));

/** Header and rows of a file. Episodes hold no quotes, and are many columns: they are split without a parser. */
async function read(path: string): Promise<{ header: string; rows: string[][] }> {
  const text = await readFile(join(root, 'big', path), 'utf8');
  const header = text.slice(0, text.indexOf('\n'));
  if (text.includes('"')) return { header, rows: parse(text, { from_line: 2 }) };
  return {
    header,
    rows: text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')),
  };
}

async function digests(outDir: string, files: SynthSummary['files']): Promise<string[]> {
  const contents = await Promise.all(files.map(({ path }) => readFile(join(outDir, path))));
  return contents.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
}

describe('synthesise', () => {
  it('gives the same bytes for the same settings, others for another seed', async () => {
    const small: SynthSettings = { ...settings, patients: 600, compress: 'gz' };
    const write = async (name: string, seed: number) => {
      const outDir = join(root, name);
      return digests(outDir, (await synthesise({ ...small, seed }, outDir)).files);
    };
    const first = await write('first', 1);
    expect(await write('again', 1)).toEqual(first);
    const other = await write('other', 2);
    expect(other.filter((digest) => first.includes(digest))).toEqual([]);
  });

  it('changes no person and no event when only error rates change', async () => {
    const small: SynthSettings = { ...settings, patients: 600 };
    const often = { gp: 0.2, hospital: 0.2, community: 0.2 };
    const errors = { ...DEFAULT_ERRORS, nhsMissing: often, nhsMistyped: often, birthDateWrongPart: 0.5 };
    await synthesise(small, join(root, 'clean'));
    await synthesise({ ...small, errors }, join(root, 'dirty'));
    for (const path of [
      'truth/truth.csv',
      'truth/persons.csv',
      'gp/events.csv',
      'community/CYP101Referral.csv',
    ]) {
      const [clean, dirty] = await Promise.all(
        ['clean', 'dirty'].map((name) => readFile(join(root, name, path), 'utf8')),
      );
      expect(dirty).toBe(clean);
    }
  });

  it('gzips the three large files and no other', async () => {
    const outDir = join(root, 'first');
    const { files } = await synthesise({ ...settings, patients: 600, seed: 1, compress: 'gz' }, outDir);
    const zipped = files.filter(({ path }) => path.endsWith('.gz')).map(({ path }) => path);
    expect(zipped).toEqual([
      'gp/events.csv.gz',
      'hospital/episodes.csv.gz',
      'community/CYP201CareContact.csv.gz',
    ]);
    expect(gunzipSync(await readFile(join(outDir, zipped[0]!))).toString()).toMatch(
      /^patient_id,effective_date,/,
    );
  });

  it('writes the headers of the layouts', async () => {
    const numbered = (name: string, count: number) =>
      Array.from({ length: count }, (_, nth) => `${name}_${String(nth + 1).padStart(2, '0')}`).join(',');
    const headers: Record<string, string> = {
      'gp/patients.csv':
        'patient_id,nhs_number,title,forename,surname,date_of_birth,gender,address,postcode,lsoa,ethnic_category,practice_code,telephone,date_of_death',
      'gp/addresses.csv': 'patient_id,address,postcode,from_date,to_date',
      'gp/events.csv':
        'patient_id,effective_date,recorded_date,snomed_concept_id,readv2_code,ctv3_code,value,unit,note',
      'hospital/episodes.csv': `FORENAME,SURNAME,NEWNHSNO,NHSNOIND,LOPATID,HOMEADD,DOB,SEX,ETHNOS,PROCODE,GPPRAC,ADMIDATE,DISDATE,EPISTART,EPIEND,ADMIMETH,DISMETH,EPIKEY,EPIORDER,STARTAGE,${numbered('DIAG', 20)},${numbered('OPERTN', 24)},LSOA11,SUSRECID`,
      'community/CYP001MPI.csv':
        'LocalPatientID,OrgID_Responsible,NHSNumber,NHSNumber_Status,FamilyName,GivenName,DateOfBirth,Postcode,Gender,EthnicCategory,DateOfDeath',
      'community/CYP101Referral.csv':
        'ServiceRequestID,LocalPatientID,ReferralRequest_ReceivedDate,SourceOfReferral',
      'community/CYP201CareContact.csv':
        'CareContactID,ServiceRequestID,Contact_Date,Contact_Time,CareContact_Duration,AttendanceStatus',
      'opt-outs/register.csv': 'nhs_number,type,event,date',
      'truth/truth.csv': 'table,record_id,person',
      'truth/persons.csv': 'person,nhs_number,date_of_birth,sex,postcode,type1_opted_out,type2_opted_out',
    };
    expect(summary.files.map(({ path }) => path)).toEqual(Object.keys(headers));
    for (const { path, rows, bytes } of summary.files) {
      const file = await read(path);
      expect(file.header).toBe(headers[path]);
      expect(file.rows.length).toBe(rows);
      expect(new Set(file.rows.map((row) => row.length))).toEqual(
        new Set([headers[path]!.split(',').length]),
      );
      expect((await readFile(join(root, 'big', path))).length).toBe(bytes);
    }
  });

  it('keeps the ratio of rows to patients, and reports progress', () => {
    const perPatient = (path: string) => summary.files.find((file) => file.path === path)!.rows / PATIENTS;
    expect(summary.extractRows / PATIENTS).toBeGreaterThan(7.6);
    expect(summary.extractRows / PATIENTS).toBeLessThan(8.6);
    expect(perPatient('gp/patients.csv')).toBe(1);
    expect(perPatient('gp/events.csv')).toBeCloseTo(3.2, 0);
    expect(perPatient('hospital/episodes.csv')).toBeCloseTo(1.1, 0);
    expect(progress.length).toBe(2);
    expect(progress.at(-1)).toBe(PATIENTS);
  });

  it('writes the committed fixtures: regenerate them (README.md) after an intended change', async () => {
    const outDir = join(root, 'fixtures');
    const fixture: SynthSettings = { ...settings, patients: 2_000, seed: 20260401, compress: 'gz' };
    const { files } = await synthesise(fixture, outDir);
    const content = async (path: string) => {
      const bytes = await readFile(path);
      return path.endsWith('.gz') ? gunzipSync(bytes) : bytes; // another zlib may compress differently
    };
    for (const { path } of files) {
      const committed = await content(join(import.meta.dirname, '../../fixtures', path));
      expect([path, committed.equals(await content(join(outDir, path)))]).toEqual([path, true]);
    }
  });

  it('reports a file it cannot write', async () => {
    await mkdir(join(root, 'blocked/hospital/episodes.csv'), { recursive: true });
    await expect(synthesise({ ...settings, patients: 600 }, join(root, 'blocked'))).rejects.toThrow('EISDIR');
  });

  it('quotes names in notes, with commas, quotes and line feeds', async () => {
    const patients = new Map((await read('gp/patients.csv')).rows.map((row) => [row[0], row]));
    const noted = (await read('gp/events.csv')).rows.filter((row) => row[8] !== '');
    const naming = noted.filter((row) => row[8]!.includes(patients.get(row[0])![3]!));
    expect(naming.length).toBeGreaterThan(50);
    expect(noted.filter((row) => row[8]!.includes('\n')).length).toBeGreaterThan(10);
    expect(noted.filter((row) => row[8]!.includes('"')).length).toBeGreaterThan(50);
  });

  it('refuses settings out of range before it writes anything', async () => {
    const wrong: Partial<SynthSettings>[] = [
      { patients: 0 },
      { patients: 1.5 },
      { patients: 1e9 },
      { seed: 0.5 },
      { runDate: '01/04/2026' },
      { runDate: '2019-12-31' },
      { errors: { ...DEFAULT_ERRORS, type1: -1 } },
    ];
    for (const some of wrong) {
      await expect(synthesise({ ...settings, ...some }, join(root, 'never'))).rejects.toThrow(RangeError);
    }
    await expect(readFile(join(root, 'never'))).rejects.toThrow('ENOENT');
  });
});
